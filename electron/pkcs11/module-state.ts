import { createHash } from 'node:crypto';
import type { Failure } from '../../shared/failure.ts';
import type { ModuleView, ReaderView, TokenView } from '../../shared/models/token.ts';
import type { FoundReader, FoundToken, Inventory } from './messages.ts';
import type { FoundModule } from './module-source.ts';
import { isBareSerial } from './same-identity.ts';
import type { PresentToken } from './token-resolution.ts';

/** A token in a reader of a module, as it was seen last. */
export interface SeenToken extends PresentToken {
  readonly tokenId: string;
  readonly slot: string;
  readonly reader: string;
  readonly found: FoundToken;
}

/** What main knows of one module, as plain data. */
export interface ModuleState {
  readonly found: FoundModule;
  readonly name: string;
  readonly status: ModuleView['status'];
  readonly failure?: Failure;
  /** As they were seen last; still so after a crash, until the module has answered again. */
  readonly readers: readonly FoundReader[];
}

export const newModule = (found: FoundModule): ModuleState => ({
  found,
  name: found.path.split(/[\\/]/).at(-1) ?? found.path,
  ...(found.failure === undefined
    ? { status: 'starting' }
    : { status: 'failed', failure: found.failure.toFailure() }),
  readers: [],
});

export const afterLook = (
  { found }: ModuleState,
  { readers }: Inventory,
  name: string,
): ModuleState => ({ found, name, status: 'ready', readers });

export const afterFailure = (state: ModuleState, failure: Failure): ModuleState => ({
  ...state,
  status: 'failed',
  failure,
});

/** Opaque to whoever gets it, the same each time. */
const opaque = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);

export const moduleIdOf = (path: string): string => opaque(path);

export function seenTokens({ found, readers }: ModuleState): readonly SeenToken[] {
  return readers.flatMap(({ slot, name, token }) => {
    if (token === null) return [];
    const { label, manufacturer, model, serial } = token;
    const modulePath = found.path;
    // That of a PIV card changes with its certificate; where nothing else tells tokens apart, it has to.
    const written = isBareSerial(serial) ? [label, model] : [];
    const tokenId = opaque(modulePath, slot, manufacturer, serial, ...written);
    const identity = { label, manufacturer, model, serial };
    return [{ tokenId, slot, reader: name, modulePath, identity, found: token }];
  });
}

export function viewOf(state: ModuleState): ModuleView {
  const { found, name, status, failure, readers } = state;
  return {
    moduleId: moduleIdOf(found.path),
    path: found.path,
    name,
    foundBy: found.foundBy,
    status,
    ...(failure === undefined ? {} : { failure }),
    readers: readers.map((reader) => readerView(state, reader)),
  };
}

function readerView(state: ModuleState, reader: FoundReader): ReaderView {
  const seen = seenTokens(state).find(({ slot }) => slot === reader.slot);
  return {
    readerId: opaque(state.found.path, reader.slot),
    name: reader.name,
    token: seen === undefined ? null : tokenView(state, seen, reader.isHardware),
  };
}

function tokenView(state: ModuleState, seen: SeenToken, isHardware: boolean): TokenView {
  const { fault, keys, freeMemory, ...rest } = seen.found;
  const failure = failureOf(state, seen, fault);
  return {
    ...rest,
    tokenId: seen.tokenId,
    isHardware,
    // Both are for the rooms to fill that know more.
    keys: keys.map((key) => ({ ...key, owner: 'foreign' })),
    findings: [],
    ...(freeMemory === undefined ? {} : { freeMemory }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function failureOf(
  { name, failure }: ModuleState,
  { identity }: SeenToken,
  fault: FoundToken['fault'],
): Failure | undefined {
  if (failure !== undefined || fault === undefined) return failure;
  const { fault: reason, detail } = fault;
  return {
    code: 'token',
    reason,
    module: name,
    token: identity.label,
    ...(detail === undefined ? {} : { detail }),
  };
}
