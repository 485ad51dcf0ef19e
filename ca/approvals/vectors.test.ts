import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { canonicalDigest, canonicalJson } from '../canonical-json.ts';
import type { Json } from '../canonical-json.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import { judge, openStand, respond, vectorKey } from '../testing/vector-stand.ts';
import type { Opened, VectorStand } from '../testing/vector-stand.ts';
import { outputOf, readVectors } from '../testing/vectors.ts';
import { toPem } from '../x509/certificate.ts';
import type { ApprovalDocument } from './document.ts';
import { keyAuthorizationFor } from './key-authorization.ts';
import { isShowable } from './texts.ts';

type Given = Omit<Opened, 'type' | 'url'> & {
  readonly now: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly document: ApprovalDocument;
  readonly passkeys: readonly {
    readonly id: string;
    readonly publicKey: string;
    readonly signCount: number;
    readonly synchronises: boolean;
  }[];
  readonly anchor: string;
};
type Input = {
  readonly document?: ApprovalDocument;
  readonly type: string;
  readonly response: object;
  readonly content?: Json;
  readonly entries?: readonly Json[];
};
type Output = {
  readonly jcs: string;
  readonly digest: string;
  readonly keyAuthorization: string;
  readonly webauthnChallenge: string;
  readonly response: object;
  readonly digests: readonly string[];
};

const { given, good, refused } = readVectors<Given, Input, Output>('approvals');
const named = (prefix: string) => good.filter(([id]) => id.startsWith(prefix));
const stands: VectorStand[] = [];

afterEach(() => stands.splice(0).forEach(({ state }) => state.close()));

function requestOf(document: ApprovalDocument): ApprovalRequest {
  const [requestedAt, expiresAt] = [new Date(document.requested), new Date(document.expires)];
  return {
    ...{ sequence: 1, id: 'request', organizationId: 'organization', document, uses: 0 },
    ...{ requester: 'person:requester', asker: 'person:requester', orderId: 'order' },
    ...{ digest: canonicalDigest(document), requestedAt, expiresAt, changedAt: requestedAt },
    ...{ grantedAt: undefined, declinedAt: undefined, withdrawn: undefined },
    remindedAt: undefined,
  };
}

const keyAuthorizationOf = (document: ApprovalDocument): string =>
  keyAuthorizationFor({
    ...{ challenge: given, account: given, approving: requestOf(document) },
  });

describe('a document', () => {
  it.each(named('document-'))('has the form, the digest and KA′ of %s', (_id, vector) => {
    const { document } = vector.input;
    const { jcs, digest, keyAuthorization, webauthnChallenge } = outputOf(vector);
    if (document === undefined) throw new Error('the vector has no document');
    expect([canonicalJson(document), canonicalDigest(document)]).toEqual([jcs, digest]);
    expect(keyAuthorizationOf(document)).toBe(keyAuthorization);
    const over = createHash('sha256').update(keyAuthorization).digest('base64url');
    expect(over).toBe(webauthnChallenge);
    expect(isShowable(document.reason)).toBe(true);
  });
});

describe('a response', () => {
  function outcomeOf({ type, response }: Pick<Input, 'type' | 'response'>): Promise<string> {
    const pem = toPem('CERTIFICATE', Buffer.from(given.anchor, 'base64'));
    const anchor = { pem, maps: 'person-email', onToken: true } as const;
    const stand = openStand({ now: new Date(given.now), challengeAnchors: [anchor] });
    stands.push(stand);
    const { person, authority, state } = stand;
    const { jwk } = vectorKey('registered-es256');
    authority.people.credentials.addKey({ personId: person.id, jwk, name: 'Key' });
    for (const { id, publicKey, signCount, synchronises } of given.passkeys) {
      state.passkeys.add({
        ...{ id, personId: person.id, publicKey: Buffer.from(publicKey, 'base64url'), signCount },
        ...{ transports: [], deviceType: synchronises ? 'multiDevice' : 'singleDevice' },
        ...{ backedUp: synchronises, name: 'Passkey', createdAt: new Date(given.now) },
        aaguid: '00000000-0000-0000-0000-000000000000',
      });
    }
    const opened = { type, url: given.urls[type] ?? '', ...given };
    return judge(stand, {
      ...respond(stand, opened, response),
      approving: requestOf(given.document),
      keyAuthorization: keyAuthorizationOf(given.document),
    });
  }

  it.each(named('response-'))('is taken: %s', async (_id, vector) => {
    const { response } = outputOf(vector);
    expect(await outcomeOf({ type: vector.input.type, response })).toBe('valid');
  });

  it.each(refused)('is refused: %s', async (_id, { input, refusal }) => {
    expect(refusal?.as).toContain(await outcomeOf(input));
  });
});

it('an entry of the log has the digest of the vectors', () => {
  const [[, log] = []] = named('log');
  const entries = log?.input.entries ?? [];
  expect(entries.map(canonicalDigest)).toEqual(log && outputOf(log).digests);
  expect(entries.length).toBeGreaterThan(3);
});
