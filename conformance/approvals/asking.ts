import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Account } from '../acme/account.ts';
import { readJson, readOrder } from '../acme/objects.ts';
import type { Authorization, Json } from '../acme/objects.ts';
import type { Reply } from '../acme/transport.ts';
import { fail, skip } from '../case.ts';
import { kinds } from '../credentials/credentials.ts';
import type { KeyReport, Subject } from '../credentials/credentials.ts';
import { answerRightly } from '../cases/provers.ts';
import { expectValid } from '../expectations.ts';
import { briefReply, challengeTypes } from '../trial.ts';
import type { Trial } from '../trial.ts';
import { certificationRequest } from '../proofs/certification-request.ts';
import { partiesOf } from './request.ts';

/** An order that waits for others. */
export type Asked = {
  readonly account: Account;
  readonly subject: Subject;
  readonly orderUrl: string;
  readonly finalizeUrl: string;
  /** The authorization that only the CA's policy makes valid. */
  readonly extra: { readonly url: string; readonly authorization: Authorization };
  readonly own: readonly string[];
  /** Of the request. */
  readonly url: string;
  readonly key: KeyObject;
  readonly reason: string;
};

export const newKey = (): KeyObject =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

export function spkiDigest(key: KeyObject): string {
  return createHash('sha256').update(spkiOf(key)).digest('base64url');
}

/** What stands in newOrder for a key, as docs/approvals.md §3 says. */
export function reportOf(key: KeyObject, { token, ...report }: KeyReport): Json {
  return {
    ...{ spki: spkiOf(key).toString('base64url'), ...report },
    ...(token === undefined ? {} : { token }),
  };
}

export type Asking = {
  /** Its number among the requester's accounts. */
  readonly account?: number;
  readonly reason?: string;
  /** A new one when not said. */
  readonly key?: KeyObject;
  /** It is left open when the case is over. */
  readonly keep?: true;
};

/** newOrder of the profile that needs approval, with whatever stands in place of a right `approval`. */
export async function order(trial: Trial, account: Account, approval?: Json): Promise<Reply> {
  const { identifier, profile } = await partiesOf(trial);
  const { newOrder } = await trial.world.server.directory();
  const wanted = { identifiers: [identifier], profile, ...(approval && { approval }) };
  const reply = await account.post(newOrder, wanted);
  if (reply.status === 429) skip('the server takes no more requests of the account for now (429)');
  return reply;
}

/** Orders what others have to agree to. */
export async function ask(trial: Trial, asking: Asking = {}): Promise<Asked> {
  const { requester: subject, key: report } = await partiesOf(trial);
  const { account: index = 0, reason = 'Conformance', key = newKey(), keep } = asking;
  const account = await trial.world.accounts.of(subject, index);
  const reply = await order(trial, account, { reason, key: reportOf(key, report) });
  const found = await orderOf(trial, account, reply, keep);
  const url = found.extra.authorization.approval ?? fail('the authorization has no "approval"');
  return { ...found, account, subject, url, key, reason };
}

type Ordered = Pick<Asked, 'orderUrl' | 'finalizeUrl' | 'extra' | 'own'>;

/** The order of an answer, with the authorization that belongs to a request. */
export async function orderOf(
  trial: Trial,
  account: Account,
  reply: Reply,
  keep?: true,
): Promise<Ordered> {
  if (reply.status !== 201) fail(`newOrder: ${briefReply(reply)}`);
  const orderUrl = reply.headers.location ?? fail('newOrder gave no Location (RFC 8555 §7.4)');
  const { finalize } = readJson(reply, 'an order');
  if (typeof finalize !== 'string') fail('an order has no "finalize"');
  const own: string[] = [];
  const extra: Ordered['extra'][] = [];
  for (const url of readOrder(reply).authorizations) {
    const authorization = await trial.authorization(account, url);
    if (keep !== true) trial.leave(account, url);
    if (authorization.approval === undefined) own.push(url);
    else extra.push({ url, authorization });
  }
  const [only] = extra;
  if (only === undefined || extra.length > 1) {
    fail(`the order has ${extra.length} authorizations with "approval"`);
  }
  return { orderUrl, finalizeUrl: finalize, extra: only, own };
}

/** Meets what the requester has to prove for themselves, as always. */
export async function proveOwn(
  trial: Trial,
  { account, own, orderUrl, subject }: Pick<Asked, 'account' | 'own' | 'orderUrl' | 'subject'>,
): Promise<void> {
  for (const authorizationUrl of own) {
    const authorization = await trial.authorization(account, authorizationUrl);
    if (authorization.status === 'valid') continue;
    const kind = kinds.find(
      (one) =>
        subject.held[one] !== undefined &&
        authorization.challenges.some(({ type }) => type === challengeTypes[one]),
    );
    if (kind === undefined) return skip(`${subject.name} cannot prove what the order wants`);
    const type = challengeTypes[kind];
    const challenge = authorization.challenges.find((one) => one.type === type);
    if (challenge === undefined) throw new RangeError('the challenge went away');
    const keyAuthorization = `${challenge.token ?? ''}.${account.thumbprint}`;
    const opened = {
      ...{ account, orderUrl, authorizationUrl, authorization, challenge, keyAuthorization },
      holder: trial.world.purse.ofSubject(kind, subject),
    };
    await expectValid(trial, opened, await answerRightly(opened, trial));
  }
}

export type Finalized = {
  readonly reply: Reply;
  readonly status: string;
  /** Of the order, when it has one. */
  readonly error: string | undefined;
  readonly certificate: string | undefined;
};

/** Sends a certification request, and waits until the order is not processing any more. */
export async function finalize(
  trial: Trial,
  { account, orderUrl, finalizeUrl }: Pick<Asked, 'account' | 'orderUrl' | 'finalizeUrl'>,
  wanted: { readonly key: KeyObject; readonly document: Json },
): Promise<Finalized> {
  const csr = requestFor(wanted);
  const reply = await account.post(finalizeUrl, { csr });
  for (let polls = 0; polls < 30; polls += 1) {
    const found = readJson(await account.post(orderUrl, ''), 'an order');
    if (found['status'] !== 'processing') {
      const { error, certificate } = found as { error?: Json; certificate?: unknown };
      return {
        ...{ reply, status: String(found['status']) },
        error: error === undefined ? undefined : String(error['type']).split(':').at(-1),
        certificate: typeof certificate === 'string' ? certificate : undefined,
      };
    }
    await trial.world.wait(1000);
  }
  return fail('the order is still processing');
}

function requestFor({ key, document }: { readonly key: KeyObject; readonly document: Json }) {
  const names = (document['identifiers'] as readonly Json[]).map((one) => String(one['value']));
  const usages = document['usages'] as readonly string[];
  return certificationRequest({ key, commonName: names[0] ?? '', domains: names, usages });
}
