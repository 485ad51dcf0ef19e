import { Server } from './acme/server.ts';
import type { Transport } from './acme/transport.ts';
import { Accounts } from './credentials/accounts.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { Memory } from './credentials/memory.ts';
import { Purse } from './credentials/purse.ts';
import type { World } from './trial.ts';

export type WorldOptions = {
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly memory: Memory;
  /** URL. */
  readonly directory: string;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly mostRequests: number;
};

/** Puts together what the cases of a run share. */
export function createWorld(options: WorldOptions): World {
  const { transport, credentials, memory, directory, now, wait, mostRequests } = options;
  const server = new Server({ transport, directoryUrl: directory, now, mostRequests });
  return {
    server,
    purse: new Purse(credentials, memory, now),
    accounts: new Accounts(server, memory),
    approvals: credentials.approvals,
    wait,
    seen: new Map(),
    sent: new Set(),
    echoed: new Set(),
    shared: new Map(),
  };
}
