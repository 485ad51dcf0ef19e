import type { ModuleView, TokenIdentity } from '../../shared/models/token.ts';
import type { PinDesk } from './pin-desk.ts';

/** Takes back the questions for PINs of tokens that were pulled out. */
export function dropLostQuestions(
  pinDesk: Pick<PinDesk, 'dropUnless'>,
  modules: readonly ModuleView[],
): void {
  // A module that is starting, or crashed and will start again, does not say what is plugged in.
  if (modules.some(({ status, failure }) => status === 'starting' || isPassing(failure))) return;
  const tokens = modules.flatMap(({ readers }) => readers.flatMap(({ token }) => token ?? []));
  pinDesk.dropUnless((asked) => tokens.some((token) => isSame(token, asked)));
}

function isPassing(failure: ModuleView['failure']): boolean {
  if (failure?.code !== 'token' && failure?.code !== 'token-module') return false;
  return failure.reason === 'crashed' || failure.reason === 'hung';
}

const isSame = (one: TokenIdentity, other: TokenIdentity): boolean =>
  one.serial === other.serial && one.label === other.label && one.model === other.model;
