import type { Server } from 'node:net';
import { DomainProofError } from './domain-proof-error.ts';

/** Where a responder waits for the CA. */
export interface ListeningPlace {
  readonly port: number;
  /** Every address of this computer when not said. */
  readonly host?: string;
}

export function listen(server: Server, place: ListeningPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new DomainProofError('port', 'waiting for the CA', { cause })),
    );
    server.listen(place, () => resolve());
  });
}

export const close = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));
