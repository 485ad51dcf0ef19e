import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { approvalFor, recordUse } from './approvals/spending.ts';
import type { Issuer } from './issuer.ts';
import type { Person } from './people-types.ts';
import { keptByAnother, keyUsagesFor, purposesFor, subjectOf } from './policy.ts';
import type { Profile } from './profiles.ts';
import { identifierProblems, Problem } from './problems.ts';
import type { Identifier } from './problems.ts';
import { requestedPurposes } from './request-rules.ts';
import type { Rules } from './rules.ts';
import type { State } from './state.ts';
import type { Order } from './state/orders.ts';
import { newId } from './state/rows.ts';
import { readCertificationRequest } from './x509/certification-request.ts';
import { publicKeyInfoOf } from './x509/public-key-info.ts';
import type { GeneralName } from './x509/names.ts';

/** Turns an order whose request was accepted into a certificate, or into an error that it keeps. */
export type Issuance = {
  issue(order: AcceptedOrder, whoseKey?: WhoseKey): void;
  /** Resolves when nothing is under way for the order, or so many milliseconds have passed. */
  settled(orderId: string, milliseconds: number): Promise<void>;
  /** Finishes what a stop of the server cut short. */
  resume(): void;
  stop(): Promise<void>;
};

export type AcceptedOrder = Order & { readonly request: Buffer };
type WhoseKey = 'requester' | 'stranger';

export type IssuanceOptions = {
  readonly state: State;
  readonly issuer: Issuer;
  readonly rules: Rules;
  readonly clock: () => Date;
  readonly log: (line: string) => void;
  /** What the DNS has against an order; undefined when the DNS is not asked. */
  readonly permissionFor: ((order: Order) => Promise<Problem | undefined>) | undefined;
};

/** Certificates begin a little early, for verifiers whose clocks are slow. */
const BACKDATING = 5 * 60_000;

export function createIssuance(options: IssuanceOptions): Issuance {
  const { state, log, permissionFor } = options;
  const runs = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const stopped = new Promise<undefined>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const fail = (order: Order, error: unknown): void => {
    log(`issuance for order ${order.id} failed: ${String(error)}`);
    const unforeseen = new Problem('serverInternal', 'The certificate could not be issued.');
    const problem = error instanceof Problem ? error : unforeseen;
    state.orders.recordError(order.id, problem.document);
  };
  const sign = (order: AcceptedOrder, whoseKey: WhoseKey): void => {
    try {
      state.transaction(() => issueInto(order, whoseKey, options));
    } catch (error) {
      fail(order, error);
    }
  };
  const ask = async (order: AcceptedOrder, whoseKey: WhoseKey): Promise<void> => {
    const refusal = await Promise.race([permissionFor?.(order), stopped]);
    // What was not decided is taken up again by the next start.
    if (stopping.signal.aborted) return;
    const problem = refusal ?? hindranceTo(order, options);
    if (problem === undefined) sign(order, whoseKey);
    else state.orders.recordError(order.id, problem.document);
  };
  const issue: Issuance['issue'] = (order, whoseKey = 'requester') => {
    if (permissionFor === undefined || !order.identifiers.some(({ type }) => type === 'dns')) {
      sign(order, whoseKey);
      return;
    }
    const run = ask(order, whoseKey)
      .catch((error: unknown) => fail(order, error))
      .finally(() => runs.delete(order.id));
    runs.set(order.id, run);
  };
  return {
    issue,
    async settled(orderId, milliseconds) {
      const run = runs.get(orderId);
      if (run !== undefined) await withinTime(run, milliseconds);
    },
    resume() {
      for (const order of state.orders.inProcessing()) {
        if (order.request !== undefined) issue({ ...order, request: order.request });
      }
    },
    async stop() {
      stopping.abort();
      await Promise.all(runs.values());
    },
  };
}

async function withinTime(run: Promise<void>, milliseconds: number): Promise<void> {
  const over = new AbortController();
  const time = wait(milliseconds, undefined, { signal: over.signal }).catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  await Promise.race([run, time]);
  over.abort();
}

/** What happened to the account while the DNS was asked. */
function hindranceTo(order: Order, { state }: IssuanceOptions): Problem | undefined {
  const account = state.accounts.find(order.accountId);
  if (account !== undefined && account.deactivatedAt === undefined) return undefined;
  return new Problem('unauthorized', 'The account is deactivated.');
}

function issueInto(
  order: AcceptedOrder,
  whoseKey: WhoseKey,
  { state, issuer, clock, rules }: IssuanceOptions,
): void {
  const profile = findProfile(order.profile, rules);
  const account = state.accounts.find(order.accountId);
  const person = account?.personId === undefined ? undefined : state.persons.find(account.personId);
  const request = readCertificationRequest(order.request);
  const { publicKey } = request;
  const purposes = purposesFor(profile, requestedPurposes(request));
  const now = clock();
  const context = { state, now };
  const validity = validityOf(order, profile, { now, limit: issuer.notAfter });
  const certified = { publicKey, purposes, validity };
  const approval = profile.approval && approvalFor(order, certified, context);
  bindDevices(order, person, context);
  const { serial, certificate } = issuer.issue({
    subject: subjectOf(order.identifiers, person),
    names: order.identifiers.map(toGeneralName),
    publicKeyInfo: whoseKey === 'requester' ? publicKeyInfoOf(publicKey) : strangersKey(),
    ...validity,
    keyUsages: keyUsagesFor(purposes, publicKey.asymmetricKeyType),
    purposes,
  });
  const id = newId();
  const { accountId } = order;
  const identifiers = order.identifiers.map(({ type, value }) => ({ type, value }));
  const { notAfter } = validity;
  const issued = { id, accountId, orderId: order.id, serial, identifiers, leaf: certificate };
  state.certificates.add({ ...issued, notAfter, issuedAt: now });
  state.orders.recordCertificate(order.id, id);
  if (approval !== undefined) recordUse(order, approval, { id, serial, notAfter, ...context });
}

/** Two people may have asked for a device that was nobody's: the first who gets here keeps it. */
function bindDevices(
  { identifiers }: Order,
  person: Person | undefined,
  { state, now }: { state: State; now: Date },
): void {
  const lost = identifiers.filter(({ type, value }) => {
    if (type !== 'permanent-identifier') return false;
    if (person === undefined) return true;
    return state.devices.bind(value, person.id, now) !== person.id;
  });
  if (lost.length > 0) throw identifierProblems(lost.map(keptByAnother));
}

function findProfile(name: string, { profiles }: Rules): Profile {
  const profile = profiles.find((candidate) => candidate.name === name);
  if (profile === undefined) throw new Error(`the profile ${name} is no longer issued`);
  return profile;
}

/** The dates of the order to the letter; what it leaves open, as long as the profile allows. */
function validityOf(
  order: Order,
  profile: Profile,
  { now, limit }: { now: Date; limit: Date },
): { notBefore: Date; notAfter: Date } {
  const notBefore = order.notBefore ?? new Date(now.getTime() - BACKDATING);
  const longest = Math.min(notBefore.getTime() + profile.lifetime * 1000, limit.getTime());
  return { notBefore, notAfter: order.notAfter ?? new Date(longest) };
}

function toGeneralName({ type, value }: Identifier): GeneralName {
  if (type === 'dns' || type === 'email' || type === 'permanent-identifier') return { type, value };
  throw new Error(`no certificate can name a ${type}`);
}

function strangersKey(): Buffer {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return publicKey.export({ format: 'der', type: 'spki' });
}
