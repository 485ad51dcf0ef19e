import { randomUUID } from 'node:crypto';
import type { Ledger } from '../../../ca/state/ledger.ts';
import type { RunningCa } from '../../../ca/running-ca.ts';
import { startCa } from '../../../ca/server.ts';
import { Http01Responder } from '../../domain-proofs/http-01.ts';
import { createHttpClient } from '../../http/create-http-client.ts';
import type { HttpClient } from '../../http/http-client.ts';
import { SoftwareKeys, type SealedKey } from '../../keys/software-keys.ts';
import { AesGcmSealer } from '../../keystore/sealer.ts';
import { MemorySecretStore } from '../memory-secret-store.ts';
import { freePorts } from '../server-program.ts';
import { Door } from './door.ts';
import { twoNames } from './names.ts';

/** The CA behind a door that can be shut, a web server for its questions, and somebody who keeps keys. */
export class FaultStand {
  readonly ca: RunningCa;
  readonly door: Door;
  readonly http: HttpClient;
  readonly proof: Http01Responder;
  readonly keys: SoftwareKeys;

  private constructor(ca: RunningCa, door: Door, httpPort: number) {
    this.ca = ca;
    this.door = door;
    this.http = createHttpClient({ rootsFor: () => [ca.rootPem], timeout: 15_000 });
    this.proof = new Http01Responder({ port: httpPort, host: '127.0.0.1' });
    this.keys = keysInMemory();
  }

  static async open(): Promise<FaultStand> {
    const [port = 0, httpPort = 0] = await freePorts(2);
    const door = await Door.open(port);
    const ca = await startCa({
      port,
      httpPort,
      origin: `https://localhost:${door.port}`,
      externalAccountRequired: false,
      hosts: Object.fromEntries(twoNames.map((name) => [name, '127.0.0.1'])),
      validationRetrySeconds: [],
    });
    return new FaultStand(ca, door, httpPort);
  }

  async close(): Promise<void> {
    this.http.close();
    await this.door.shut();
    await this.ca.stop();
  }

  /** Nobody listens until it is opened again, and no connection is left. */
  async shut(): Promise<void> {
    this.http.close();
    await this.door.shut();
  }
}

/** What came of the requests between two counts. */
export function difference(before: Ledger, after: Ledger): Ledger {
  return {
    accounts: after.accounts - before.accounts,
    orders: after.orders - before.orders,
    finalized: after.finalized - before.finalized,
    revoked: after.revoked - before.revoked,
    codes: after.codes - before.codes,
    certificates: after.certificates.slice(before.certificates.length),
  };
}

function keysInMemory(): SoftwareKeys {
  let masterKeyId: string | null = null;
  const record = {
    secretName: 'fault suite',
    read: () => masterKeyId,
    write: (id: string): void => void (masterKeyId = id),
  };
  const sealed = new Map<string, SealedKey>();
  return new SoftwareKeys({
    sealer: new AesGcmSealer({ secrets: new MemorySecretStore(), record }),
    store: {
      put: (key) => void sealed.set(key.id, key),
      get: (id) => sealed.get(id) ?? null,
      remove: (id) => void sealed.delete(id),
    },
    randomUuid: randomUUID,
  });
}
