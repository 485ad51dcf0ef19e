import type { Json } from '../../acme/objects.ts';
import { ask, newKey, order, orderOf, reportOf, spkiDigest } from '../../approvals/asking.ts';
import type { Asked } from '../../approvals/asking.ts';
import { digestOf } from '../../approvals/canonical.ts';
import { listUrl, look, partiesOf } from '../../approvals/request.ts';
import type { Case } from '../../case.ts';
import { fail, skip } from '../../case.ts';
import { briefReply, problemOf } from '../../trial.ts';
import type { Trial } from '../../trial.ts';

const about = { group: 'approvals' } as const;

const directory: Case = {
  ...{ ...about, id: 'approvals.directory', clause: 'approvals.md §3' },
  expected: 'meta.approvals is an https URL, and newAuthz is there',
  async perform(trial) {
    const url = await listUrl(trial);
    const { newAuthz } = await trial.world.server.directory();
    return newAuthz === undefined ? fail('there is no newAuthz') : url;
  },
};

const ordered: readonly Case[] = [
  {
    ...{ ...about, id: 'approvals.order', clause: 'approvals.md §3, RFC 8555 §7.1.3' },
    expected:
      'The order has one authorization more: pending, with expires and approval, without challenges',
    async perform(trial) {
      const { extra, orderUrl, account } = await ask(trial);
      const { identifier } = await partiesOf(trial);
      const { status, challenges, expires, identifier: found } = extra.authorization;
      if (status !== 'pending') fail(`it is ${status}`);
      if (challenges.length > 0) fail(`it has ${challenges.length} challenges`);
      if (expires === undefined) fail('it has no "expires"');
      if (found.value !== identifier.value) fail(`it is for ${found.value}`);
      const { status: order } = await trial.order(account, orderUrl);
      return order === 'pending' ? 'pending, and so is the order' : fail(`the order is ${order}`);
    },
  },
  {
    ...{ ...about, id: 'approvals.document', clause: 'approvals.md §2' },
    expected:
      'The document has exactly the members of its kind, and says what was ordered, by whom, and the key',
    async perform(trial) {
      const asked = await ask(trial, { reason: 'Installer of “release 4.2” ✓' });
      const { document, members } = await look(asked.account, asked.url);
      await expectSays(trial, document, asked);
      if (members['roles'] === undefined) fail('the request has no "roles"');
      return `digest ${digestOf(document)}`;
    },
  },
  {
    ...{ ...about, id: 'approvals.not-needed-early', clause: 'approvals.md §3, RFC 8555 §7.4' },
    expected: 'Before enough have approved the order is not finalized: orderNotReady',
    async perform(trial) {
      const { account, finalizeUrl } = await ask(trial);
      const reply = await account.post(finalizeUrl, { csr: 'MAA' });
      const came = briefReply(reply);
      return problemOf(reply)?.type === 'orderNotReady' ? came : fail(came);
    },
  },
];

/** The document says what the requester's client knows. */
async function expectSays(trial: Trial, document: Json, asked: Asked): Promise<void> {
  const { identifier, profile, key: report } = await partiesOf(trial);
  const { place, neverExtractable, local, token } = report;
  const key = { place, neverExtractable, local, ...(token && { token }) };
  const expected: Json = {
    ...{ kind: 'order', url: asked.url, order: asked.orderUrl, profile, reason: asked.reason },
    requester: asked.account.thumbprint,
    identifiers: [identifier],
    key: { ...key, spkiSha256: spkiDigest(asked.key), algorithm: 'P-256' },
  };
  for (const [name, value] of Object.entries(expected)) {
    if (digestOf(document[name]) !== digestOf(value)) fail(`the document has another "${name}"`);
  }
}

type Refused = {
  readonly name: string;
  readonly expected: string;
  readonly clause?: string;
  /** Undefined where the credentials have nothing to make it of. */
  readonly approval: (right: Right) => Json | undefined;
  readonly as: readonly string[];
};

type Right = { readonly reason: string; readonly key: Json; readonly refused: Json | undefined };

const malformed = ['malformed'] as const;

const refused: readonly Refused[] = [
  {
    name: 'order-without',
    expected: 'An order of the profile without "approval" is refused: malformed, unauthorized',
    approval: () => ({}),
    as: ['malformed', 'unauthorized'],
  },
  {
    name: 'key-refused',
    expected: 'A key that the profile does not take is refused: malformed, unauthorized',
    approval: ({ reason, refused: key }) => key && { reason, key },
    as: ['malformed', 'unauthorized'],
  },
  {
    name: 'key-malformed',
    expected: 'What is no SubjectPublicKeyInfo is malformed',
    approval: ({ reason, key }) => ({ reason, key: { ...key, spki: 'AAAA' } }),
    as: malformed,
  },
  {
    name: 'key-place',
    expected: 'A place of the key that nobody knows is malformed',
    clause: 'approvals.md §2',
    approval: ({ reason, key }) => ({ reason, key: { ...key, place: 'cellar' } }),
    as: malformed,
  },
  {
    name: 'reason-long',
    expected: 'A reason of more than 400 characters is malformed',
    clause: 'approvals.md §2',
    approval: ({ key }) => ({ reason: 'x'.repeat(401), key }),
    as: malformed,
  },
  {
    name: 'reason-control',
    expected: 'A reason with a control character is malformed',
    clause: 'approvals.md §2',
    approval: ({ key }) => ({ reason: 'Release\n4.2', key }),
    as: malformed,
  },
  {
    name: 'reason-direction',
    expected: 'A reason that turns the direction of reading round is malformed',
    clause: 'approvals.md §2, §5',
    approval: ({ key }) => ({ reason: 'Release \u202e2.4', key }),
    as: malformed,
  },
  {
    name: 'reason-surrogate',
    expected: 'A reason with a lone surrogate is malformed',
    clause: 'approvals.md §2',
    approval: ({ key }) => ({ reason: 'Release \ud800', key }),
    as: malformed,
  },
];

const refusedCase = ({ name, expected, clause, approval, as }: Refused): Case => ({
  ...{ ...about, id: `approvals.${name}`, expected, clause: clause ?? 'approvals.md §3' },
  async perform(trial) {
    const { requester, key, refusedKey } = await partiesOf(trial);
    const account = await trial.world.accounts.of(requester);
    const own = newKey();
    const wrong =
      approval({
        ...{ reason: 'Conformance', key: reportOf(own, key) },
        refused: refusedKey && reportOf(own, refusedKey),
      }) ?? skip('the credentials name no key that the profile does not take');
    const reply = await order(trial, account, Object.keys(wrong).length > 0 ? wrong : undefined);
    // What should not have been made is given up.
    if (reply.status === 201) await orderOf(trial, account, reply);
    const came = briefReply(reply);
    return as.includes(problemOf(reply)?.type ?? '') ? came : fail(came);
  },
});

export const requestingCases: readonly Case[] = [
  directory,
  ...ordered,
  ...refused.map(refusedCase),
];
