import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Json } from '../acme/objects.ts';
import { publicJwk, thumbprintOf } from '../acme/jws.ts';
import type { Case } from '../case.ts';
import { fail } from '../case.ts';
import { asItIs, keyProof } from '../proofs/signed-proof.ts';
import type { Spoil } from '../proofs/signed-proof.ts';
import { expectUnusable } from '../expectations.ts';
import type { Opened, Trial } from '../trial.ts';
import { adding, malformedProofs, spoiltProofs } from './proof-spoils.ts';
import type { SpoiltProof } from './proof-spoils.ts';
import type { Prover, Wrong } from './prover.ts';
import { deviationCase, standardCases } from './standard.ts';

type About = Pick<Opened<'key'>, 'challenge' | 'keyAuthorization'>;

/** The response by a key that need not be the holder's. */
export function proofByKey(
  key: KeyObject,
  { challenge: { url }, keyAuthorization }: About,
  spoil: Spoil = asItIs,
): Json {
  const about = { url, payload: keyAuthorization };
  return { sig: keyProof({ key, typ: 'acme-ppkp-01+jws' }, about, spoil) };
}

const proofOf = (opened: Opened<'key'>, spoil?: Spoil): Json =>
  proofByKey(opened.holder.credential.key, opened, spoil);

const wrongBy = ({ name, spoil }: SpoiltProof): Wrong<'key'> => ({
  name,
  make: (opened) => proofOf(opened, spoil(opened, opened.holder.credential.key)),
});

export const keyProver: Prover<'key'> = {
  ...{ kind: 'key', group: 'ppkp-01', clause: '§4.2', tries: 3 },
  right: (opened) => proofOf(opened),
  wrong: ['foreign-key-authorization', 'spoilt-signature', 'other-url'].flatMap((name) =>
    spoiltProofs.filter((one) => one.name === name).map(wrongBy),
  ),
  malformed: malformedProofs,
};

const about = { group: 'ppkp-01', clause: '§4.2' } as const;

type Unusable = {
  readonly name: string;
  readonly expected: string;
  readonly key: (opened: Opened<'key'>, trial: Trial) => KeyObject;
};

/** Good signatures, by keys that prove nobody. */
const unusable: readonly Unusable[] = [
  {
    name: 'unregistered-key',
    expected: 'A key that is not registered is unauthorized, for good',
    key: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  },
  {
    name: 'account-key',
    expected: 'The key of the account is unauthorized, for good',
    key: ({ account }) => account.key,
  },
  {
    name: 'key-of-another',
    expected: 'A key that is registered for somebody else is unauthorized, for good',
    key: ({ holder }, { world }) =>
      world.purse.lend('key', { otherThan: holder.subject, accounts: 0 }).credential.key,
  },
];

const unusableCase = ({ name, expected, key }: Unusable): Case => ({
  ...{ ...about, id: `key.${name}`, expected },
  async perform(trial) {
    const opened = await trial.open('key', { failures: 1 });
    const judgement = await trial.answer(opened, proofByKey(key(opened, trial), opened));
    return expectUnusable(trial, opened, { judgement, what: name });
  },
});

const members: Case = {
  ...{ ...about, id: 'key.members' },
  expected: 'keys holds the thumbprint of the registered key',
  async perform(trial) {
    const { holder, challenge } = await trial.open('key');
    const { keys } = challenge.members;
    if (!Array.isArray(keys) || !keys.every((one) => /^[\w-]{43}$/.test(String(one)))) {
      return fail('keys is no list of thumbprints');
    }
    const thumbprint = await thumbprintOf(holder.credential.key);
    return keys.includes(thumbprint) ? `${keys.length} keys` : fail('the key is not among them');
  },
};

const headerCases: readonly Case[] = [
  deviationCase(keyProver, {
    name: 'header-x5c',
    expected: 'A protected header with x5c is refused, though its signature is good',
    as: ['incorrectResponse', 'malformed'],
    make: (opened) => proofOf(opened, adding({ x5c: ['MIIB'] })),
  }),
  deviationCase(keyProver, {
    name: 'jwk-with-more',
    expected: 'A jwk with more than its required members is refused',
    as: ['incorrectResponse', 'malformed'],
    make(opened) {
      const jwk = { ...publicJwk(opened.holder.credential.key), use: 'sig' };
      return proofOf(opened, adding({ jwk }));
    },
  }),
];

export const keyCases: readonly Case[] = [
  ...standardCases(keyProver),
  members,
  ...spoiltProofs.map(({ spoil, ...spoilt }) =>
    deviationCase(keyProver, {
      ...spoilt,
      make: (opened) => proofOf(opened, spoil(opened, opened.holder.credential.key)),
    }),
  ),
  ...headerCases,
  ...unusable.map(unusableCase),
];
