import type { ModuleView } from '../../shared/models/token.ts';
import { tokensIn } from '../credentials/token-care.ts';
import type { House } from '../house.ts';
import { compatibilityOf } from '../keys/compatibility.ts';
import { withFindings } from '../keys/token-findings.ts';
import type { TokenAccess } from '../pkcs11/token-access.ts';
import { WalletError } from '../wallet/wallet-error.ts';
import { CommandError } from './command-error.ts';
import type { TokensCommand } from './command-line.ts';
import type { Outcome } from './exit-code.ts';
import { inEnglish } from './localized.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import { failureSentence } from './sentences.ts';
import { tokensJson, tokensLines, type OfferReport, type TokensReport } from './tokens-report.ts';

/** What the report is made from. */
interface Sight {
  readonly tokens: TokenAccess;
  readonly wallet: TokensReport['wallet'];
  readonly modules: () => readonly ModuleView[];
  readonly offersOf: TokensReport['offersOf'];
}

/** `countersign tokens`. */
export async function showTokens(command: TokensCommand, rooms: CommandRooms): Promise<Outcome> {
  const { module } = command;
  const wish = module === undefined ? {} : { onlyModule: module };
  const house = houseUnlessInUse(rooms, wish);
  if (house !== null) {
    return inHouse(house, () => look(command, rooms, sightOf(house)));
  }
  const tokens = rooms.openTokens(wish);
  try {
    const modules = () => withFindings(tokens.modules);
    return await look(command, rooms, { tokens, wallet: 'in-use', modules, offersOf: () => [] });
  } finally {
    await tokens.close();
  }
}

function houseUnlessInUse(rooms: CommandRooms, wish: { onlyModule?: string }): House | null {
  try {
    return rooms.openHouse(wish);
  } catch (error) {
    if (error instanceof WalletError && error.reason === 'in-use') return null;
    throw error;
  }
}

function sightOf(house: House): Sight {
  const { tokens, tokenCare } = house;
  const modules = () => tokenCare.modules;
  const offersOf = (tokenId: string) => offersFor(tokenId, modules(), house);
  return { tokens, wallet: 'open', modules, offersOf };
}

async function look(
  { watch, module }: TokensCommand,
  rooms: CommandRooms,
  { tokens, ...sight }: Sight,
): Promise<Outcome> {
  const { output, signal, now } = rooms;
  await tokens.watch();
  const report = (): TokensReport => ({ at: now(), ...sight, modules: sight.modules() });
  if (watch) {
    await untilAborted(AbortSignal.any([signal, output.unread]), tokens, () => {
      output.item(tokensJson(report()), [...tokensLines(report()), '']);
    });
    return 'done';
  }
  output.result(tokensJson(report()), tokensLines(report()));
  const [failed] =
    module === undefined ? [] : tokens.modules.flatMap(({ failure }) => failure ?? []);
  if (failed) throw new CommandError('failed', failureSentence(failed), { failure: failed });
  return 'done';
}

/** Milliseconds: a module tells of each reader by itself. */
const pace = 100;

/** Shows at once, and after each change, until the person has seen enough or nobody looks any more. */
async function untilAborted(
  signal: AbortSignal,
  tokens: TokenAccess,
  show: () => void,
): Promise<void> {
  show();
  let due: NodeJS.Timeout | undefined;
  const stop = tokens.subscribe(() => {
    due ??= setTimeout(() => {
      due = undefined;
      show();
    }, pace);
  });
  // Token processes keep no program from ending, and this one is to wait.
  const waiting = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(waiting);
  clearTimeout(due);
  stop();
}

function offersFor(
  tokenId: string,
  modules: readonly ModuleView[],
  { organizations }: House,
): readonly OfferReport[] {
  const token = tokensIn(modules).find((each) => each.tokenId === tokenId);
  if (token === undefined) return [];
  return organizations.list().flatMap(({ id, profile }) =>
    profile.credentials.map((offer) => ({
      organization: id,
      offer: offer.id,
      name: inEnglish(offer.name),
      compatibility: compatibilityOf(token, offer.key),
    })),
  );
}
