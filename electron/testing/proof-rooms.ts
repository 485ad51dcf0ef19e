import { createHash } from 'node:crypto';
import { parseAuthorization, type Authorization } from '../acme/authorization.ts';
import { systemClock } from '../acme/clock.ts';
import { joinKeyAuthorization } from '../acme/key-authorization.ts';
import type { Candidate } from '../credentials/candidate.ts';
import type { Asked, ProofRooms } from '../enrollment/challenges/challenge-type.ts';
import type { RegisteredKey, Passkeys } from '../enrollment/passkey-room.ts';
import type { Signer } from '../keys/signer.ts';

export const caOrigin = 'https://ca.example:14000';
export const soundToken = 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0';

/** What a CA could ask, read by the wallet's own reader. */
export function asked(
  challenge: Readonly<Record<string, unknown>>,
  authorization: Readonly<Record<string, unknown>> = {},
): Asked {
  const read = authorizationWith([challenge], authorization);
  const [first] = read.challenges;
  if (first === undefined) throw new TypeError('there is one challenge at least');
  return { authorization: read, challenge: first };
}

export function authorizationWith(
  challenges: readonly Readonly<Record<string, unknown>>[],
  authorization: Readonly<Record<string, unknown>> = {},
): Authorization {
  const url = `${caOrigin}/authorization/1`;
  return parseAuthorization(
    {
      status: 'pending',
      identifier: { type: 'email', value: 'alex@example.test' },
      challenges: challenges.map((each, index) => ({
        ...{ url: `${caOrigin}/challenge/${index + 1}`, status: 'pending', token: soundToken },
        ...each,
      })),
      ...authorization,
    },
    url,
  );
}

interface Furniture {
  readonly candidates?: readonly Candidate[];
  /** Of the candidates, by SHA-256. */
  readonly signers?: Readonly<Record<string, Signer>>;
  readonly passkeys?: Passkeys;
  readonly keys?: readonly (RegisteredKey & { readonly signer: Signer })[];
  readonly directoryUrl?: string;
  readonly accountThumbprint?: string;
  readonly now?: Date;
  readonly expires?: Date;
  readonly approvalDigest?: string;
}

export const accountThumbprint = createHash('sha256').update('account').digest('base64url');

/** Rooms for one challenge without a CA behind it: what is shown and signed depends on nothing of it. */
export function proofRooms(furniture: Furniture = {}): ProofRooms {
  const { candidates = [], signers = {}, keys = [], passkeys, now, expires } = furniture;
  const { directoryUrl = `${caOrigin}/directory` } = furniture;
  const thumbprint = furniture.accountThumbprint ?? accountThumbprint;
  const client = {
    thumbprint,
    accountUrl: `${caOrigin}/account/1`,
    directory: { newAccount: `${caOrigin}/new-account`, meta: {} },
    challenges: {
      keyAuthorization: (token: string, digest?: string) =>
        joinKeyAuthorization(token, thumbprint, digest),
    },
  };
  const lent = (id: string): Signer => {
    const signer = signers[id];
    if (signer === undefined) throw new RangeError('no such key');
    return signer;
  };
  return {
    client: client as unknown as ProofRooms['client'],
    clock: now === undefined ? systemClock : { ...systemClock, now: () => now },
    lookAtRecord: () => Promise.reject(new Error('nobody looks')),
    sightings: new Map(),
    expires,
    approvalDigest: furniture.approvalDigest,
    certificates: {
      organizationId: 'org',
      list: () => candidates,
      follow: () => () => undefined,
      lend: async ({ view }, _signal, work) => work(lent(view.candidateId)),
    },
    passkeys: {
      ...{ organizationId: 'org', directoryUrl, passkeys },
      keys: () => keys,
      signer: ({ keyId }) =>
        Promise.resolve(keys.find((each) => each.keyId === keyId)?.signer ?? lent(keyId)),
    },
  };
}
