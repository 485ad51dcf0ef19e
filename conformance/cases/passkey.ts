import { createHash } from 'node:crypto';
import type { Json } from '../acme/objects.ts';
import type { Case } from '../case.ts';
import { fail, notApplicable, skip } from '../case.ts';
import { expectUnusable } from '../expectations.ts';
import { assertionBy } from '../proofs/passkey-assertion.ts';
import type { Ceremony } from '../proofs/passkey-assertion.ts';
import type { Opened, Trial } from '../trial.ts';
import type { Malformed, Prover } from './prover.ts';
import { deviationCase, standardCases } from './standard.ts';

type Changes = Partial<Ceremony>;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** The next value of the authenticator's counter; always zero where there is none. */
function countUp({ holder }: Opened<'passkey'>, { world }: Trial): number {
  const { signCount } = holder.credential;
  if (signCount === undefined) return 0;
  const next = world.purse.counter(holder, signCount) + 1;
  world.purse.moveCounter(holder, next);
  return next;
}

/** The response; what is not changed is as it should be (docs/wire-profile.md §4.1). */
function assert(opened: Opened<'passkey'>, trial: Trial, changes: Changes = {}): Json {
  const ceremony = {
    challenge: sha256(opened.keyAuthorization),
    origin: new URL(trial.world.server.directoryUrl).origin,
    signCount: changes.signCount ?? countUp(opened, trial),
    ...changes,
  };
  return { credential: assertionBy(opened.holder.credential, ceremony) };
}

type Spoilt = {
  readonly name: string;
  readonly expected: string;
  readonly as: readonly ('incorrectResponse' | 'malformed' | 'unauthorized')[];
  readonly changes: (opened: Opened<'passkey'>, trial: Trial) => Changes;
};

const wrong = ['incorrectResponse'] as const;
const refused = ['incorrectResponse', 'unauthorized'] as const;

const hostOf = ({ world }: Trial): URL => new URL(world.server.directoryUrl);

function spoilSignature(signature: Buffer): Buffer {
  // The last octet belongs to s in DER, so that it stays readable.
  return Buffer.from(
    signature.map((octet, index) => (index === signature.length - 1 ? octet ^ 1 : octet)),
  );
}

const aboutChallenge: readonly Spoilt[] = [
  {
    name: 'foreign-key-authorization',
    expected: 'An assertion over the key authorization of another account is wrong',
    as: wrong,
    changes: ({ challenge: { token } }) => ({
      challenge: sha256(`${token ?? ''}.${'A'.repeat(43)}`),
    }),
  },
  {
    name: 'bare-token',
    expected: 'An assertion over the token alone is wrong',
    as: wrong,
    changes: ({ challenge: { token } }) => ({ challenge: token ?? '' }),
  },
  {
    name: 'undigested',
    expected: 'An assertion over the key authorization itself, not its digest, is wrong',
    as: wrong,
    changes: ({ keyAuthorization }) => ({
      challenge: Buffer.from(keyAuthorization).toString('base64url'),
    }),
  },
  {
    name: 'spoilt-signature',
    expected: 'An assertion with one bit of its signature changed is wrong',
    as: wrong,
    changes: () => ({ spoil: spoilSignature }),
  },
];

const aboutPlace: readonly Spoilt[] = [
  {
    name: 'sibling-origin',
    expected: 'An assertion of a page on a sibling host is wrong',
    as: wrong,
    changes: (_, trial) => {
      const { protocol, hostname, port } = hostOf(trial);
      const parent = hostname.split('.').slice(1).join('.') || hostname;
      return { origin: `${protocol}//sibling.${parent}${port === '' ? '' : `:${port}`}` };
    },
  },
  {
    name: 'other-port',
    expected: 'An assertion of a page on another port of the host is wrong',
    as: wrong,
    changes: (_, trial) => {
      const { protocol, hostname, port } = hostOf(trial);
      return { origin: `${protocol}//${hostname}:${port === '8443' ? '9443' : '8443'}` };
    },
  },
  {
    name: 'plain-http',
    expected: 'An assertion of a page that came by http is wrong',
    as: wrong,
    changes: (_, trial) => ({ origin: `http://${hostOf(trial).host}` }),
  },
  {
    name: 'other-rp-id',
    expected: 'An assertion with the hash of another rpId is refused',
    as: refused,
    changes: (_, trial) => ({ rpId: `sibling.${hostOf(trial).hostname}` }),
  },
  {
    name: 'cross-origin',
    expected: 'An assertion from inside a page of another origin (crossOrigin) is refused',
    as: refused,
    changes: () => ({ crossOrigin: true }),
  },
  {
    name: 'top-origin',
    expected: 'An assertion with topOrigin is refused',
    as: refused,
    changes: (_, trial) => ({ topOrigin: hostOf(trial).origin }),
  },
  {
    name: 'other-type',
    expected: 'What was signed for making a passkey (webauthn.create) is refused',
    as: refused,
    changes: () => ({ type: 'webauthn.create' }),
  },
  {
    name: 'user-not-present',
    expected: 'An assertion without user presence (UP) is refused',
    as: refused,
    changes: () => ({ userPresent: false }),
  },
];

const about = { group: 'ppkp-01', clause: '§4.1' } as const;

const malformed: readonly Malformed[] = [
  { name: 'no member', payload: {} },
  { name: 'null', payload: { credential: null } },
  { name: 'a text', payload: { credential: 'AAAA' } },
  { name: 'a list', payload: { credential: [] } },
  { name: 'an empty object', payload: { credential: {} } },
  ...(
    [
      ['no response', { response: undefined }],
      ['a type that is none', { type: 'password' }],
      ['a rawId that is not its id', { rawId: 'AAAC' }],
      ['an id that is a number', { id: 7, rawId: 7 }],
      ['members of the response that are numbers', { response: { clientDataJSON: 1 } }],
      ['members that are no base64url', { response: { ...octets(), signature: 'AA==' } }],
      ['no signature', { response: { ...octets(), signature: undefined } }],
    ] as readonly (readonly [string, object])[]
  ).map(([name, change]): Malformed => ({
    name,
    payload: { credential: { ...shape(), ...change } },
  })),
  { name: 'a sig beside it', payload: { credential: shape(), sig: 'e30.e30.e30' } },
];

function octets() {
  return { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA' };
}

function shape() {
  return { id: 'AAAB', rawId: 'AAAB', type: 'public-key', response: octets() };
}

export const passkeyProver: Prover<'passkey'> = {
  ...{ kind: 'passkey', group: 'ppkp-01', clause: '§4.1', tries: 3 },
  right: (opened, trial) => assert(opened, trial),
  wrong: [...aboutChallenge.slice(0, 1), ...aboutPlace.slice(0, 1), ...aboutChallenge.slice(3)].map(
    ({ name, changes }) => ({
      name,
      make: (opened, trial) => assert(opened, trial, changes(opened, trial)),
    }),
  ),
  malformed,
};

const options: Case = {
  ...{ ...about, id: 'passkey.public-key' },
  expected:
    "publicKey has the directory's host as rpId, SHA-256 of the key authorization as challenge, wants user verification, lists the passkey, and has no extensions",
  async perform(trial) {
    const { holder, challenge, keyAuthorization } = await trial.open('passkey');
    const { publicKey } = challenge.members;
    if (typeof publicKey !== 'object' || publicKey === null) return fail('there is no publicKey');
    const found = publicKey as Json;
    const { hostname } = hostOf(trial);
    if (found['rpId'] !== hostname) fail(`rpId is ${JSON.stringify(found['rpId'])}`);
    if (found['challenge'] !== sha256(keyAuthorization)) fail('challenge is another');
    if (found['userVerification'] !== 'required') fail('user verification is not required');
    if ('extensions' in found) fail('there are extensions');
    const { allowCredentials: allowed = [] } = found as { readonly allowCredentials?: unknown };
    if (!Array.isArray(allowed) || allowed.length > 64) return fail('allowCredentials is no list');
    const ids = (allowed as Json[]).map(({ id }: Json) => id);
    const isListed = ids.length === 0 || ids.includes(holder.credential.credentialId);
    return isListed ? `${ids.length} passkeys listed` : fail('the passkey is not listed');
  },
};

const page: Case = {
  ...{ ...about, id: 'passkey.page' },
  expected: "webauthnUrl, when there is one, is on the directory's origin",
  async perform(trial) {
    const { challenge } = await trial.open('passkey');
    const { webauthnUrl } = challenge.members;
    if (webauthnUrl === undefined) notApplicable('the challenge has no webauthnUrl');
    if (typeof webauthnUrl !== 'string' || !URL.canParse(webauthnUrl)) return fail('it is no URL');
    const { origin } = new URL(webauthnUrl);
    return origin === hostOf(trial).origin ? webauthnUrl : fail(`it is at ${origin}`);
  },
};

type Unusable = Omit<Spoilt, 'as'>;

const unusable: readonly Unusable[] = [
  {
    name: 'user-not-verified',
    expected: 'An assertion without user verification (UV) is unauthorized, for good',
    changes: () => ({ userVerified: false }),
  },
  {
    name: 'unknown-passkey',
    expected: 'A passkey that is not registered is unauthorized, for good',
    changes: () => ({ credentialId: Buffer.alloc(32, 7).toString('base64url') }),
  },
  {
    name: 'foreign-user-handle',
    expected: 'An assertion with the user handle of somebody else is unauthorized, for good',
    changes: () => ({ userHandle: Buffer.alloc(32, 7).toString('base64url') }),
  },
];

const unusableCase = ({ name, expected, changes }: Unusable): Case => ({
  ...{ ...about, id: `passkey.${name}`, expected },
  async perform(trial) {
    const opened = await trial.open('passkey', { failures: 1 });
    const response = assert(opened, trial, changes(opened, trial));
    const judgement = await trial.answer(opened, response);
    return expectUnusable(trial, opened, { judgement, what: name });
  },
});

const ofAnother: Case = {
  ...{ ...about, id: 'passkey.passkey-of-another' },
  expected: 'The passkey of somebody else is unauthorized, for good',
  async perform(trial) {
    const opened = await trial.open('passkey', { failures: 1 });
    const other = { otherThan: opened.holder.subject, accounts: 0 };
    const holder = trial.world.purse.lend('passkey', other);
    const judgement = await trial.answer(opened, assert({ ...opened, holder }, trial));
    return expectUnusable(trial, opened, { judgement, what: 'somebody else' });
  },
};

/** A server may take this for a copied authenticator and never accept the passkey again. */
const staleCounter: Case = {
  ...{ ...about, id: 'passkey.stale-counter', turn: 'late' },
  expected: 'An assertion whose signature counter has not risen is unauthorized, for good',
  async perform(trial) {
    const suits = {
      test: ({ held }: Opened<'passkey'>['holder']['subject']) =>
        held.passkey?.credential.signCount !== undefined,
      words: 'a passkey with a signCount',
    };
    const first = await trial.open('passkey', { expendable: true, suits });
    if (trial.world.purse.failuresOf(first.holder) > 8) skip('one more would lock the passkey');
    const accepted = await trial.answer(first, assert(first, trial));
    if (accepted.outcome !== 'valid') fail('the assertion before it was refused');
    const { holder } = first;
    const signCount = trial.world.purse.counter(holder, 0);
    const second = await trial.openFor(holder);
    trial.world.purse.spoil(holder);
    const judgement = await trial.answer(second, assert(second, trial, { signCount }));
    return expectUnusable(trial, second, { judgement, what: 'the same counter again' });
  },
};

export const passkeyCases: readonly Case[] = [
  ...standardCases(passkeyProver),
  options,
  page,
  ...[...aboutChallenge, ...aboutPlace].map(({ changes, ...spoilt }) =>
    deviationCase(passkeyProver, {
      ...spoilt,
      make: (opened, trial) => assert(opened, trial, changes(opened, trial)),
    }),
  ),
  ...unusable.map(unusableCase),
  ofAnother,
  staleCounter,
];
