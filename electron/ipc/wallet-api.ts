import type { Result } from '../../shared/failure.ts';
import type { WalletApi } from '../../shared/ipc-contract.ts';

/** One entry of the contract as the preload knows it: a name and a direction. */
export interface Channel {
  readonly group: string;
  readonly entry: string;
  readonly kind: 'invoke' | 'notify';
  /** The name on the wire. */
  readonly name: string;
}

/** What the preload needs of Electron's `ipcRenderer`. */
export interface RendererSide {
  invoke(channel: string, request: unknown): Promise<unknown>;
  on(channel: string, listener: (event: unknown, payload: unknown) => void): unknown;
  off(channel: string, listener: (event: unknown, payload: unknown) => void): unknown;
}

type Method = (argument: never) => unknown;

/** Builds `window.wallet` from the list of channels; no name is written by hand. */
export function walletApi(channels: readonly Channel[], ipc: RendererSide): WalletApi {
  const groups: Record<string, Record<string, Method>> = {};
  for (const { group, entry, kind, name } of channels) {
    const methods = (groups[group] ??= {});
    if (kind === 'invoke') methods[entry] = (request) => ask(ipc, name, request);
    else methods[listenerName(entry)] = (listener) => listen(ipc, name, listener);
  }
  // The list is generated from the contract that WalletApi is a mapped type of; wallet-api.test.ts compares the two.
  return groups as unknown as WalletApi;
}

/** Failures are values here: a main process that is gone looks like any other internal failure. */
async function ask(ipc: RendererSide, name: string, request: unknown): Promise<Result<unknown>> {
  try {
    return (await ipc.invoke(name, request)) as Result<unknown>;
  } catch {
    // The border answers with a Result always; only a closing application or an uncloneable request gets here.
    return { ok: false, failure: { code: 'internal' } };
  }
}

/** The event object stays here: it would hand the page a way to `ipcRenderer`. */
function listen(ipc: RendererSide, name: string, listener: (payload: unknown) => void): () => void {
  const forward = (_event: unknown, payload: unknown): void => listener(payload);
  ipc.on(name, forward);
  return () => {
    ipc.off(name, forward);
  };
}

function listenerName(entry: string): string {
  return `on${entry.charAt(0).toUpperCase()}${entry.slice(1)}`;
}
