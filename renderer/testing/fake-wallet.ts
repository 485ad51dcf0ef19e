import { contract, type Contract, type WalletApi } from '../../shared/ipc-contract.ts';
import type { Entry } from '../../shared/ipc-entry.ts';
import type { Result } from '../../shared/failure.ts';
import type { InitialState } from '../../shared/models/wallet.ts';

/** What the double answers, entry by entry; the rest of the contract answers `internal`. */
export type Replies = {
  readonly [Group in keyof Contract]?: Partial<{
    readonly [Key in Exclude<keyof WalletApi[Group], `on${string}`>]: WalletApi[Group][Key];
  }>;
};

export interface Call {
  readonly entry: string;
  readonly request: unknown;
}

export interface FakeWallet {
  readonly api: WalletApi;
  /** Every request so far, oldest first. */
  readonly calls: readonly Call[];
  /** Sends a notification as main would, e.g. `('wallet', 'changed', snapshot)`. */
  readonly notify: (group: string, entry: string, payload: unknown) => void;
}

/**
 * A double of main at the border, derived from the contract: it has every entry, no more, and
 * refuses a request that main's border would refuse.
 */
export function fakeWallet(initial: InitialState, replies: Replies = {}): FakeWallet {
  const calls: Call[] = [];
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const given: Replies = {
    ...replies,
    wallet: { initial: () => Promise.resolve({ ok: true, value: initial }), ...replies.wallet },
  };
  const api: Record<string, Record<string, unknown>> = {};
  for (const [group, entries] of Object.entries<Readonly<Record<string, Entry>>>(contract)) {
    const methods: Record<string, unknown> = {};
    for (const [name, entry] of Object.entries(entries)) {
      if (entry.kind === 'notify') {
        const audience = new Set<(payload: unknown) => void>();
        listeners.set(`${group}/${name}`, audience);
        methods[`on${name.charAt(0).toUpperCase()}${name.slice(1)}`] = subscribe(audience);
        continue;
      }
      methods[name] = async (request: unknown): Promise<Result<unknown>> => {
        calls.push({ entry: `${group}/${name}`, request });
        if (!entry.request.safeParse(request).success)
          return { ok: false, failure: { code: 'invalid-request' } };
        const reply = replyFor(given, group, name);
        return (await reply?.(request)) ?? { ok: false, failure: { code: 'internal' } };
      };
    }
    api[group] = methods;
  }
  return {
    // The loop above made exactly what the mapped type describes; TypeScript cannot follow it there.
    api: api as unknown as WalletApi,
    calls,
    notify: (group, entry, payload) => {
      for (const listener of listeners.get(`${group}/${entry}`) ?? []) listener(payload);
    },
  };
}

const subscribe =
  (audience: Set<(payload: unknown) => void>) => (listener: (payload: unknown) => void) => {
    audience.add(listener);
    return () => audience.delete(listener);
  };

type Reply = (request: unknown) => Promise<Result<unknown>>;

function replyFor(replies: Replies, group: string, name: string): Reply | undefined {
  return (replies as Readonly<Record<string, Readonly<Record<string, Reply>> | undefined>>)[
    group
  ]?.[name];
}
