import type { Json } from '../acme/objects.ts';
import type { Breakage, Fault, Seen } from './broken-server.ts';
import { showing } from './broken-server.ts';

const only = 'approvals';
const named = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `approvals.${name}`);

/** The payload of the compact JWS in a response: KA or KA′. */
function signedIn({ payload }: Seen): string {
  const sig = payload?.['sig'];
  return typeof sig === 'string'
    ? Buffer.from(sig.split('.')[1] ?? '', 'base64url').toString()
    : '';
}

const stopsIn = (seen: Seen): number => signedIn(seen).split('.').length - 1;

/** Changes a member wherever it stands at the top of an answer. */
const rewriting = (name: string, change: (value: unknown) => unknown): Breakage => ({
  change: ({ status, body }) => ({
    status,
    body: name in body ? { ...body, [name]: change(body[name]) } : body,
  }),
});

const isProblem = (body: Json, type: string): boolean => String(body['type']).endsWith(`:${type}`);

const forAll = (change: (one: Json) => Json) => (value: unknown) => (value as Json[]).map(change);

/** Remembers which requests there are, and says so to whoever asks. */
function tellingStrangers(): Breakage {
  const known = new Set<string>();
  return {
    change(answer, { url }) {
      known.add(String(answer.body['approval']));
      const isTold = answer.status === 404 && known.has(url);
      return isTold ? { status: 403, body: { ...answer.body, status: 403 } } : answer;
    },
  };
}

/** An order that comes to nothing when it is finalized is said to have come to its end. */
function issuing(): Breakage {
  const finalized = new Set<unknown>();
  return {
    change(answer, { url, payload }) {
      if (payload?.['csr'] !== undefined) finalized.add(url);
      const { status, body } = answer;
      if (body['status'] !== 'invalid' || !finalized.has(body['finalize'])) return answer;
      const certificate = `${url}/certificate`;
      return { status, body: { ...body, error: undefined, status: 'valid', certificate } };
    },
  };
}

export const approvalFaults: readonly Fault[] = [
  {
    does: 'takes KA in place of KA′',
    ...{ only, breakage: { accepts: (seen) => stopsIn(seen) === 1 } },
    fails: named('key-plain', 'cert-plain'),
  },
  {
    does: 'takes every KA′, whoever gives it and when',
    ...{ only, breakage: { accepts: (seen) => stopsIn(seen) === 2 } },
    fails: named(
      ...['changed-document', 'replay', 'foreign-account', 'person-twice', 'person-race'],
      ...['certified-key', 'after-decline', 'after-withdrawal', 'after-grant', 'expired'],
      'standing-until',
    ),
  },
  {
    does: 'tells strangers which requests there are',
    ...{ only, breakage: tellingStrangers() },
    fails: named('stranger'),
  },
  {
    does: 'lets everybody decide, as it says',
    ...{ only, breakage: rewriting('mayDecide', () => true) },
    fails: named('approvers', 'own-request', 'auditor'),
  },
  {
    does: 'keeps why somebody declined to itself',
    ...{
      only,
      breakage: rewriting(
        'decisions',
        forAll((one) => ({ ...one, reason: undefined })),
      ),
    },
    fails: named('decline'),
  },
  {
    does: 'reminds whenever it is asked to',
    only,
    breakage: {
      change: (answer, { payload }) =>
        payload?.['remind'] === true && answer.status === 429 ? { status: 200, body: {} } : answer,
    },
    fails: named('remind'),
  },
  {
    does: 'issues for another key than was approved',
    only,
    breakage: {
      change: (answer) =>
        isProblem(answer.body, 'badCSR') ? { status: 200, body: { status: 'ready' } } : answer,
    },
    fails: named('csr-other-key'),
  },
  {
    does: 'issues more than was granted, or still is',
    ...{ only, breakage: issuing() },
    fails: named('standing-spent', 'standing-withdrawn', 'standing-until', 'expired'),
  },
  {
    does: 'has changed its log',
    only,
    breakage: rewriting(
      'entries',
      forAll((one) => (one['sequence'] === 3 ? { ...one, at: '2026-01-01T00:00:00Z' } : one)),
    ),
    fails: named('log'),
  },
  {
    does: 'shows an auditor what others did',
    only,
    breakage: rewriting(
      'entries',
      forAll((one) => ('digest' in one && 'sequence' in one ? { ...one, event: 'issued' } : one)),
    ),
    fails: named('log'),
  },
  {
    does: 'gives receipts that do not hold',
    only,
    breakage: {
      octets: (octets, type) =>
        type.includes('cms')
          ? Buffer.from(octets.map((one, at) => (at === octets.length - 1 ? one ^ 1 : one)))
          : octets,
    },
    fails: named(
      'receipt-key',
      'receipt-passkey',
      'receipt-cert',
      'receipt-decline',
      'log-receipt',
    ),
  },
];

/** Approvers are shown another reason than the requester gave. */
export const otherDocument: Breakage = showing((challenge) =>
  'approval' in challenge
    ? { ...challenge, approval: { ...(challenge['approval'] as Json), reason: 'Something else' } }
    : challenge,
);
