import { describe, expect, it } from 'vitest';
import { parseAuthorization, type Authorization } from '../../acme/authorization.ts';
import { thumbprintOf } from '../../acme/key-authorization.ts';
import { signingCertificate, type Candidate } from '../../credentials/candidate.ts';
import { isSignatureOf } from '../../keys/public-key.ts';
import type { Signer } from '../../keys/signer.ts';
import type {
  AssertionRequest,
  AuthenticationResponseJSON,
  PasskeyCeremonies,
} from '../../passkeys/ceremony.ts';
import { asked, proofRooms } from '../../testing/proof-rooms.ts';
import { outputOf, readVectors, vectorSigner } from '../../testing/vectors.ts';
import { showChallenge } from '../authorization-view.ts';
import { cert01 } from './cert-01.ts';
import type { Asked } from './challenge-type.ts';
import { challengeType } from './challenge-types.ts';
import { ppkp01 } from './ppkp-01.ts';

const { signal } = new AbortController();
const directoryUrl = 'https://ca.example/acme/directory';

interface Place {
  readonly url: string;
  readonly token: string;
  readonly thumbprint: string;
}
interface Signed {
  readonly signingInput: string;
  readonly response: { readonly sig: string };
}

const issued = new Map(
  readVectors<unknown, unknown, { readonly certificate: string }>('certificates').good.map(
    ([id, vector]) => [id, Buffer.from(outputOf(vector).certificate, 'base64')],
  ),
);

/** As if it lay in the wallet's own store. */
function candidateOf(name: string): Candidate {
  const chain = [name, 'people-ca'].map((id) => issued.get(id) ?? Buffer.alloc(0));
  const certificate = signingCertificate(chain);
  const view = { ...certificate.described, place: 'software' } as const;
  return { ...certificate, view, key: { in: 'ring', keyId: name } };
}

/** The same octets under the signature; the same signature, where there is no chance in it. */
function expectSame(sig: unknown, made: Signed, key: string): void {
  const [header = '', payload = '', signature = ''] = String(sig).split('.');
  expect(`${header}.${payload}`).toBe(made.signingInput);
  const { algorithm, publicSpki } = vectorSigner(key);
  if (!algorithm.startsWith('ES')) expect(sig).toBe(made.response.sig);
  const octets = Buffer.from(signature, 'base64url');
  expect(isSignatureOf(publicSpki, Buffer.from(made.signingInput), octets)).toBe(true);
}

describe('cert-01', () => {
  interface Input {
    readonly key: string;
    readonly certificate: string;
    readonly alg: string;
  }
  const { given, good } = readVectors<Place & { readonly now: string }, Input, Signed>('cert-01');
  // The wallet makes no P-521 keys and no signatures by PSS.
  const ours = good.filter(([, { input }]) => !['ES512', 'PS256'].includes(input.alg));

  it.each(ours)('by %s has the octets of the vectors', async (_id, vector) => {
    const { key, certificate } = vector.input;
    const candidate = candidateOf(certificate);
    const { candidateId } = candidate.view;
    const rooms = proofRooms({
      ...{ directoryUrl, accountThumbprint: given.thumbprint, now: new Date(given.now) },
      ...{ candidates: [candidate], signers: { [candidateId]: vectorSigner(key) } },
    });
    const { url, token } = given;
    const challenge = asked({ type: 'cert-01', url, token });
    const answer = { by: 'certificate', candidateId } as const;
    const { sig } = (await cert01.respond(challenge, answer, { rooms, signal })) ?? {};
    expectSame(sig, outputOf(vector), key);
  });
});

describe('ppkp-01 by a registered key', () => {
  const { given, good } = readVectors<Place & { readonly keys: string[] }, { key: string }, Signed>(
    'ppkp-01-key',
  );

  it.each(good)('by %s has the octets of the vectors', async (_id, vector) => {
    const [signer, { url, token, keys }] = [vectorSigner(vector.input.key), given];
    const thumbprint = thumbprintOf(signer);
    const key = { thumbprint, keyId: 'key', place: 'software', signer } as const;
    const rooms = proofRooms({
      ...{ directoryUrl, accountThumbprint: given.thumbprint },
      keys: [{ ...key, registeredAt: '2026-11-22T00:00:00.000Z' }],
    });
    const challenge = asked({ type: 'ppkp-01', url, token, keys });
    const answer = { by: 'key', thumbprint } as const;
    const { sig } = (await ppkp01.respond(challenge, answer, { rooms, signal })) ?? {};
    expectSame(sig, outputOf(vector), vector.input.key);
  });
});

describe('codes', () => {
  interface Input {
    readonly type: string;
    readonly response: { readonly otp: string };
  }
  const { good } = readVectors<unknown, Input>('codes');
  const work = { rooms: proofRooms({ directoryUrl }), signal };

  it.each(good)('of the shape %s are sent so', async (_id, { input }) => {
    const { type, response } = input;
    const sent = challengeType(type)?.respond(
      asked({ type, token: 'A'.repeat(43), ...(type === 'otp-01' ? {} : { digits: undefined }) }),
      { by: 'code', otp: response.otp },
      work,
    );
    expect(await sent).toEqual(response);
  });

  it.each(['287 082', '287-082'])(
    'are sent without what is between the digits: %s',
    async (otp) => {
      const sent = challengeType('totp-01')?.respond(
        asked({ type: 'totp-01', digits: 6 }),
        { by: 'code', otp },
        work,
      );
      expect(await sent).toEqual({ otp: '287082' });
    },
  );
});

/** Makes the assertion of the vectors, and writes down what it was asked. */
class Authenticator implements PasskeyCeremonies {
  readonly heard: AssertionRequest[] = [];
  readonly #credential: AuthenticationResponseJSON;

  constructor(credential: AuthenticationResponseJSON) {
    this.#credential = credential;
  }

  assert(request: AssertionRequest): Promise<AuthenticationResponseJSON> {
    this.heard.push(request);
    return Promise.resolve(this.#credential);
  }

  register(): never {
    throw new Error('nobody registers here');
  }
}

/** Writes down what is signed. */
function watched(signer: Signer, signed: Uint8Array[]): Signer {
  const { algorithm, publicJwk, publicSpki } = signer;
  const sign = (data: Uint8Array): Promise<Uint8Array> => {
    signed.push(data);
    return signer.sign(data);
  };
  return { algorithm, publicJwk, publicSpki, sign };
}

describe('authorizations', () => {
  interface Given {
    readonly thumbprint: string;
  }
  interface Input {
    readonly authorization: unknown;
  }
  interface PassedOn {
    readonly publicKey: unknown;
    readonly code: string;
  }
  const { given, good, refused } = readVectors<Given, Input, PassedOn>('client-refusals');
  const assertions = readVectors<
    unknown,
    unknown,
    { readonly response: { readonly credential: AuthenticationResponseJSON } }
  >('ppkp-01-passkey');

  function firstOf({ authorization: json }: Input): Asked {
    const url = 'https://ca.example/acme/authorization/1';
    const authorization: Authorization = parseAuthorization(json, url);
    const [challenge] = authorization.challenges;
    if (challenge === undefined) throw new Error('there is one challenge at least');
    return { authorization, challenge };
  }

  function open() {
    const [, vector] = assertions.good[0] ?? [];
    if (vector === undefined) throw new Error('the vectors have no assertion');
    const { response } = outputOf(vector);
    const ceremonies = new Authenticator(response.credential);
    const candidate = candidateOf('leaf-es256');
    const signed: Uint8Array[] = [];
    const rooms = proofRooms({
      ...{ directoryUrl, accountThumbprint: given.thumbprint, now: new Date('2026-11-22') },
      passkeys: { ceremonies, ways: ['window', 'browser'] },
      candidates: [candidate],
      signers: { [candidate.view.candidateId]: watched(vectorSigner('leaf-es256'), signed) },
    });
    return { rooms, ceremonies, response, candidate, signed };
  }

  it.each(good)('%s: the authenticator gets what the vectors have', async (_id, vector) => {
    const { rooms, ceremonies, response } = open();
    const challenge = firstOf(vector.input);
    expect(showChallenge(challenge, rooms)).toMatchObject({ kind: 'passkey' });
    const answer = { by: 'passkey', way: 'window' } as const;
    const sent = await ppkp01.respond(challenge, answer, { rooms, signal });
    const { publicKey: options, code } = outputOf(vector);
    expect(ceremonies.heard).toMatchObject([{ options, code, origin: 'https://ca.example' }]);
    expect(ceremonies.heard[0]?.options).toStrictEqual(options);
    expect(sent).toEqual(response);
  });

  it('are signed for by the certificate where nothing is wrong', async () => {
    const { rooms, candidate, signed } = open();
    const { candidateId } = candidate.view;
    const challenge = asked({ type: 'cert-01' });
    const answer = { by: 'certificate', candidateId } as const;
    await cert01.respond(challenge, answer, { rooms, signal });
    expect(signed).toHaveLength(1);
  });

  it.each(refused)('%s: nothing is answered', (_id, { input, refusal }) => {
    const { rooms } = open();
    const shown = showChallenge(firstOf(input), rooms);
    expect(shown).toMatchObject({ kind: 'unsupported', because: refusal?.as[0] });
  });

  it.each(refused.filter(([id]) => /token|rp-id|challenge-|page/.test(id)))(
    '%s: nothing is signed, even when it is asked for',
    async (_id, { input }) => {
      const { rooms, ceremonies, candidate, signed } = open();
      const challenge = firstOf(input);
      const { candidateId } = candidate.view;
      const answer =
        challenge.challenge.type === 'ppkp-01'
          ? ({ by: 'passkey', way: 'window' } as const)
          : ({ by: 'certificate', candidateId } as const);
      const type = challengeType(challenge.challenge.type);
      await expect(type?.respond(challenge, answer, { rooms, signal })).rejects.toThrow();
      expect([...ceremonies.heard, ...signed]).toEqual([]);
    },
  );
});
