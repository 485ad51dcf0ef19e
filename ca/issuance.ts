import { generateKeyPairSync } from 'node:crypto';
import type { Issuer } from './issuer.ts';
import { keyUsagesFor, profiles, subjectOf } from './policy.ts';
import type { Profile } from './policy.ts';
import { Problem } from './problems.ts';
import type { Identifier } from './problems.ts';
import type { State } from './state.ts';
import type { Order } from './state/orders.ts';
import { newId } from './state/rows.ts';
import { readCertificationRequest } from './x509/certification-request.ts';
import type { GeneralName } from './x509/names.ts';

/** Turns an order whose request was accepted into a certificate, or into an error that it keeps. */
export type Issuance = {
  issue(order: Order & { readonly request: Buffer }, whoseKey?: 'requester' | 'stranger'): void;
  /** Finishes what a stop of the server cut short. */
  resume(): void;
};

export type IssuanceOptions = {
  readonly state: State;
  readonly issuer: Issuer;
  readonly clock: () => Date;
  readonly log: (line: string) => void;
};

/** Certificates begin a little early, for verifiers whose clocks are slow. */
const BACKDATING = 5 * 60_000;

export function createIssuance(options: IssuanceOptions): Issuance {
  const { state, log } = options;
  const issue: Issuance['issue'] = (order, whoseKey = 'requester') => {
    try {
      state.transaction(() => issueInto(order, whoseKey, options));
    } catch (error) {
      log(`issuance for order ${order.id} failed: ${String(error)}`);
      const problem = new Problem('serverInternal', 'The certificate could not be issued.');
      state.orders.recordError(order.id, problem.document);
    }
  };
  return {
    issue,
    resume() {
      for (const order of state.orders.inProcessing()) {
        if (order.request !== undefined) issue({ ...order, request: order.request });
      }
    },
  };
}

function issueInto(
  order: Order & { readonly request: Buffer },
  whoseKey: 'requester' | 'stranger',
  { state, issuer, clock }: IssuanceOptions,
): void {
  const profile = findProfile(order.profile);
  const account = state.accounts.find(order.accountId);
  const person = account?.personId === undefined ? undefined : state.persons.find(account.personId);
  const { publicKey, publicKeyInfo } = readCertificationRequest(order.request);
  const now = clock();
  const validity = validityOf(order, profile, { now, limit: issuer.notAfter });
  const { serial, certificate } = issuer.issue({
    subject: subjectOf(order.identifiers, person),
    names: order.identifiers.map(toGeneralName),
    publicKeyInfo: whoseKey === 'requester' ? publicKeyInfo : strangersKey(),
    ...validity,
    keyUsages: keyUsagesFor(profile, publicKey.asymmetricKeyType),
    purposes: profile.purposes,
  });
  const id = newId();
  const { accountId, identifiers } = order;
  const { notAfter } = validity;
  const issued = { id, accountId, orderId: order.id, serial, identifiers, leaf: certificate };
  state.certificates.add({ ...issued, notAfter, issuedAt: now });
  state.orders.recordCertificate(order.id, id);
}

function findProfile(name: string): Profile {
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
