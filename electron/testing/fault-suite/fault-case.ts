import { X509Certificate } from 'node:crypto';
import type { Fault, FaultHandle, ResourceName } from '../../../ca/fault-kinds.ts';
import type { Ledger } from '../../../ca/state/ledger.ts';
import type { HttpRequest } from '../../http/http-client.ts';
import { CertificateLife } from './certificate-life.ts';
import { difference, type FaultStand } from './fault-stand.ts';
import { oneName, twoNames } from './names.ts';
import type { FaultRow, Outcome, Strike } from './fault-row.ts';
import { finishes, isLost, nameOfError } from './outcomes.ts';
import { TroubledHttp, type Trouble } from './troubled-http.ts';
import { requests, type RequestName } from './requests.ts';

export interface FaultCase extends FaultRow {
  readonly request: RequestName;
  readonly first: string;
  readonly afterwards: string;
}

/** What has come of a case. */
export interface Findings {
  readonly first: string;
  readonly afterwards: string;
  /** With another order, where the first one came to nothing. */
  readonly anew: string;
  /** What the first run ended with. */
  readonly error: unknown;
  readonly struck: boolean;
  readonly done: Ledger;
  /** The keys of issued certificates that nobody keeps. */
  readonly unknownKeys: number;
}

export const firstOf = (outcome: Outcome): string =>
  typeof outcome === 'string' ? outcome : outcome[0];
const afterwardsOf = (outcome: Outcome): string =>
  typeof outcome === 'string' ? finishes : outcome[1];

export const casesOf = (rows: readonly FaultRow[]): readonly FaultCase[] =>
  rows.flatMap((row) =>
    requests.flatMap((request) => {
      const outcome = row.outcomes[request];
      if (outcome === undefined) return [];
      return [{ ...row, request, first: firstOf(outcome), afterwards: afterwardsOf(outcome) }];
    }),
  );

/** Milliseconds that an answer which never comes is waited for. */
const shortTimeout = 250;

/** Lives the life of a certificate in trouble, and then without it as far as there is something left to do. */
export async function live(stand: FaultStand, wanted: FaultCase): Promise<Findings> {
  const { strike, request, patience, later = 0 } = wanted;
  const before = stand.ca.ledger();
  const life = new CertificateLife(stand, wanted.names ?? oneName);
  const trouble = troubleOf(stand, strike, request);
  const http = new TroubledHttp(stand.http, trouble);
  armUsual(stand);
  const error = await errorOf(
    life.run({
      http,
      ...(strike.by === 'clock' && { ahead: strike.seconds }),
      ...(patience !== undefined && { patience }),
    }),
  );
  const struck = http.isUntroubled && (trouble?.struck() ?? true);
  stand.ca.faults.clear();
  if (strike.by === 'door') await stand.door.reopen();
  const again =
    error === undefined ? undefined : await errorOf(life.run({ http: stand.http, ahead: later }));
  if (again !== undefined && isLost(again)) life.orderAnew();
  const last = again === undefined ? undefined : await errorOf(life.run(stand));
  const done = difference(before, stand.ca.ledger());
  return {
    first: nameOf(error),
    afterwards: nameOf(again),
    anew: nameOf(last),
    error,
    struck,
    done,
    unknownKeys: await countUnknown(done.certificates, life),
  };
}

interface Striking extends Trouble {
  /** Whether the fault has struck. */
  readonly struck: () => boolean;
}

function troubleOf(stand: FaultStand, strike: Strike, request: RequestName): Striking | undefined {
  if (strike.by === 'clock') return undefined;
  if (strike.by === 'door') {
    const begin = async (sent: HttpRequest): Promise<HttpRequest> => {
      await stand.shut();
      return sent;
    };
    return { request, begin, struck: () => true };
  }
  const { fault, times = 1 } = strike;
  let armed: FaultHandle | undefined;
  const begin = (sent: HttpRequest): Promise<HttpRequest> => {
    // Ahead of what is armed for everybody.
    stand.ca.faults.clear();
    armed = stand.ca.faults.arm({ ...fault, times, ...aimOf(fault, request) });
    armUsual(stand);
    return Promise.resolve(waits.includes(fault.kind) ? { ...sent, timeout: shortTimeout } : sent);
  };
  // A clock that is wrong is not used up.
  const struck = (): boolean => fault.kind === 'clockSkew' || (armed?.remaining() ?? times) < times;
  return { request, begin, struck };
}

/** Nobody judges or issues so fast that there is nothing to wait for. */
function armUsual({ ca }: FaultStand): void {
  ca.faults.arm({ kind: 'challengeProcessing', polls: 1, times: twoNames.length });
  ca.faults.arm({ kind: 'orderProcessing', polls: 1 });
}

const waits: readonly Fault['kind'][] = ['hold', 'stalledBody'];
/** Faults that choose by themselves what they strike. */
const unaimed: readonly Fault['kind'][] = ['clockSkew', 'shuffledOrder', 'shuffledChallenges'];

const resources = { 'authorization poll': 'authorization', 'order poll': 'order' } as const;

function aimOf({ kind }: Fault, request: RequestName): { readonly resource?: ResourceName } {
  if (unaimed.includes(kind)) return {};
  if (request === 'authorization poll' || request === 'order poll') {
    return { resource: resources[request] };
  }
  return { resource: request };
}

const nameOf = (error: unknown): string => (error === undefined ? finishes : nameOfError(error));

const errorOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: unknown) => error ?? new TypeError('an error that is none'),
  );

async function countUnknown(leaves: readonly Buffer[], life: CertificateLife): Promise<number> {
  const kept = await life.publicKey();
  return leaves.filter((leaf) => {
    const key = new X509Certificate(leaf).publicKey.export({ format: 'der', type: 'spki' });
    return kept === undefined || !key.equals(kept);
  }).length;
}
