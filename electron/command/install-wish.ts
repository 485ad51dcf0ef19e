import { installTargets, type InstallTargetId } from '../../shared/models/credential.ts';
import type { House } from '../house.ts';
import { CommandError } from './command-error.ts';
import { oneOf, usage } from './command-words.ts';

/** True: wherever the offer says and this computer has a place; false: nowhere. */
export type Installs = boolean | readonly InstallTargetId[];

// A key on a token has its certificate beside it whatever is said, and files are written by `export`.
const nameable = installTargets.filter((target) => target !== 'token' && target !== 'file');

/** Of `--install`, which takes names with commas between them, and may be repeated. */
export function installsOf(values: readonly string[]): Installs {
  if (values.length === 0) return true;
  const names = values.flatMap((value) => value.split(','));
  const wanted = names.map((name) => oneOf(name, [...nameable, 'none' as const], '--install'));
  const places = wanted.filter((name) => name !== 'none');
  if (places.length === 0) return false;
  if (places.length < wanted.length) throw usage('--install none says it all');
  return [...new Set(places)];
}

/** Throws `CommandError` `not-found` for a place that this computer does not have. */
export function assertThere(installs: Installs, { installTargets: here }: House): void {
  if (typeof installs === 'boolean') return;
  const missing = installs.find((target) => !here.includes(target));
  if (missing === undefined) return;
  throw new CommandError('not-found', `this computer has no place ${missing} for certificates`);
}

/** Finishes or undoes what a wallet that was killed was installing, and says so. */
export async function goOnInstalling(
  house: House,
  say: (entry: object, sentence: string) => void,
): Promise<void> {
  try {
    await house.checkSecretStore();
  } catch {
    // Without secrets nothing can be finished, and nothing has to be undone yet: what follows says so where it matters.
    return;
  }
  const before = new Set(house.interrupted.list().map(({ at }) => at));
  await house.interrupted.recover();
  for (const told of house.interrupted.list()) {
    if (before.has(told.at)) continue;
    const { credentialId, target, outcome } = told;
    const what = outcome === 'finished' ? 'was finished' : 'was undone';
    const sentence = `What was interrupted at ${target} ${what}: credential ${credentialId}.`;
    say({ event: 'interrupted-install', credentialId, target, outcome }, sentence);
  }
}
