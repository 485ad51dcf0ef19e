import type { Json } from '../acme/objects.ts';
import { algorithmOf } from '../acme/jws.ts';
import type { Case } from '../case.ts';
import { fail, skip } from '../case.ts';
import { uselessCertificates } from '../credentials/credentials.ts';
import type { Cert, CertificateWithKey, UselessCertificate } from '../credentials/credentials.ts';
import { expectUnusable } from '../expectations.ts';
import { asItIs, certificateProof } from '../proofs/signed-proof.ts';
import type { Spoil } from '../proofs/signed-proof.ts';
import type { Judgement, Opened, Trial } from '../trial.ts';
import { malformedProofs, spoiltProofs, withForeignKey } from './proof-spoils.ts';
import type { SpoiltProof } from './proof-spoils.ts';
import type { Malformed, Prover, Wrong } from './prover.ts';
import { deviationCase, standardCases } from './standard.ts';

/** The response, by a certificate that need not be the holder's. */
function proofBy(
  certificate: CertificateWithKey,
  { challenge: { url }, keyAuthorization }: Opened<'cert'>,
  spoil: Spoil = asItIs,
): Json {
  return { sig: certificateProof(certificate, { url, payload: keyAuthorization }, spoil) };
}

const proofOf = (opened: Opened<'cert'>, spoil?: Spoil): Json =>
  proofBy(opened.holder.credential, opened, spoil);

const wrongBy = ({ name, spoil }: SpoiltProof): Wrong<'cert'> => ({
  name,
  make: (opened) => proofOf(opened, spoil(opened, opened.holder.credential.key)),
});

/** A header of the right members around something that is no chain. */
const malformedChain = (name: string, x5c: unknown): Malformed => {
  const header = { alg: 'ES256', typ: 'acme-cert-01+jws', x5c, url: 'https://ca.example/1' };
  const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
  return { name, payload: { sig: `${encoded}.e30.AAAA` } };
};

export const certProver: Prover<'cert'> = {
  ...{ kind: 'cert', group: 'cert-01', clause: '§3', tries: 3 },
  right: (opened) => proofOf(opened),
  wrong: ['foreign-key-authorization', 'spoilt-signature', 'other-url'].flatMap((name) =>
    spoiltProofs.filter((one) => one.name === name).map(wrongBy),
  ),
  malformed: [
    ...malformedProofs,
    malformedChain('an x5c that is no list', 'MIIB'),
    malformedChain('an x5c without certificates', []),
    malformedChain('an x5c with something that is no certificate', ['AAAA']),
    malformedChain('an x5c of numbers', [1]),
  ],
};

const about = { group: 'cert-01', clause: '§3' } as const;

const members: Case = {
  ...{ ...about, id: 'cert.members' },
  expected:
    'issuers are base64url of DER Names and one of them issued something of the chain; algs are JWS algorithms and one fits',
  async perform(trial) {
    const { holder, challenge } = await trial.open('cert');
    const { issuers, algs } = challenge.members;
    const texts = (value: unknown, name: string): readonly string[] =>
      Array.isArray(value) && value.every((one) => typeof one === 'string')
        ? value
        : fail(`${name} is no list of texts`);
    if (issuers !== undefined) checkIssuers(texts(issuers, 'issuers'), holder.credential);
    const named = algs === undefined ? undefined : texts(algs, 'algs');
    const fitting = [algorithmOf(holder.credential.key), 'PS256', 'PS384', 'PS512'];
    if (named?.some((alg) => fitting.includes(alg)) === false) {
      fail(`algs are ${named.join(', ')}, none for the key of the certificate`);
    }
    if (named?.some((alg) => alg === 'none' || alg.startsWith('HS')) === true) {
      fail('algs has one that is no signature');
    }
    return `${issuers === undefined ? 'no' : texts(issuers, 'issuers').length} issuers, ${named?.length ?? 'no'} algs`;
  },
};

/** The issuer stands in each certificate as it stands in the list: as the same octets. */
function checkIssuers(issuers: readonly string[], { chain }: Cert): void {
  if (issuers.length > 64) fail(`there are ${issuers.length} issuers`);
  const names = issuers.map((issuer) => Buffer.from(issuer, 'base64url'));
  const isName = names.every(
    (name, index) => name[0] === 0x30 && name.toString('base64url') === issuers[index],
  );
  if (!isName) fail('issuers has something that is no DER Name in base64url');
  const found = names.some((name) => chain.some((certificate) => certificate.includes(name)));
  if (!found) fail('no issuer is found in the chain of the certificate that is to be used');
}

const chainCases: readonly Case[] = [
  deviationCase(certProver, {
    name: 'header-jwk',
    expected: 'A protected header with jwk is refused, though its signature is good',
    as: ['incorrectResponse', 'malformed'],
    make: (opened) => proofOf(opened, withForeignKey()),
  }),
  deviationCase(certProver, {
    name: 'leaf-of-another-key',
    expected: 'A chain whose leaf has another key than the one that signed is wrong',
    as: ['incorrectResponse'],
    make(opened, { world }) {
      const { credential, subject } = opened.holder;
      const own = [...credential.chain].reverse();
      const other = { otherThan: subject, accounts: 0 };
      const chain = own.length > 1 ? own : world.purse.lend('cert', other).credential.chain;
      return proofBy({ ...credential, chain }, opened);
    },
  }),
  deviationCase(certProver, {
    name: 'long-chain',
    expected: 'A chain of more than eight certificates is refused',
    as: ['malformed', 'incorrectResponse'],
    make(opened) {
      const { credential } = opened.holder;
      const chain = Array.from(
        { length: 9 },
        (_, at) => credential.chain[at] ?? credential.chain[0],
      );
      return proofBy({ ...credential, chain: chain.filter((one) => one !== undefined) }, opened);
    },
  }),
  deviationCase(certProver, {
    name: 'chain-in-base64url',
    expected: 'A chain in base64url in place of base64 is refused',
    clause: '§3, RFC 7515 §4.1.6',
    as: ['malformed', 'incorrectResponse'],
    make(opened) {
      const x5c = opened.holder.credential.chain.map((one) => `${one.toString('base64url')}_-`);
      const spoil: Spoil = ({ header }) => ({ header: { ...header, x5c } });
      return proofOf(opened, spoil);
    },
  }),
];

const why: Readonly<Record<UselessCertificate, string>> = {
  expired: 'An expired certificate is unauthorized, for good',
  revoked: 'A revoked certificate is unauthorized, for good',
  unlisted: 'A certificate that is not registered for the subject is unauthorized, for good',
};

type Useless = { readonly opened: Opened<'cert'>; readonly judgement: Judgement };

/** Once for each certificate: what came is compared afterwards. */
function tryUseless(name: UselessCertificate, trial: Trial): Promise<Useless> {
  return trial.once(`cert.${name}`, async () => {
    const suits = {
      test: ({ held }: Opened<'cert'>['holder']['subject']) =>
        held.cert?.credential.useless[name] !== undefined,
      words: `a cert with one that is ${name}`,
    };
    const opened = await trial.open('cert', { failures: 1, suits });
    const certificate = opened.holder.credential.useless[name];
    if (certificate === undefined) throw new RangeError('the certificate went away');
    return { opened, judgement: await trial.answer(opened, proofBy(certificate, opened)) };
  });
}

const uselessCases: readonly Case[] = [
  ...uselessCertificates.map((name): Case => ({
    ...{ ...about, id: `cert.${name}`, clause: '§3 (6) to (8)' },
    expected: why[name],
    async perform(trial) {
      const { opened, judgement } = await tryUseless(name, trial);
      return expectUnusable(trial, opened, { judgement, what: name });
    },
  })),
  {
    ...{ ...about, id: 'cert.unusable-one-text', clause: '§1, table' },
    expected: 'Whatever makes a certificate unusable, the refusal is the same',
    async perform(trial) {
      const details = new Set<string>();
      const tried = uselessCertificates.filter((name) =>
        trial.world.purse.subjects.some(
          ({ held }) => held.cert?.credential.useless[name] !== undefined,
        ),
      );
      for (const name of tried) {
        const { judgement } = await tryUseless(name, trial);
        const { status, problem } = judgement;
        details.add(JSON.stringify([status, problem?.type, problem?.detail]));
      }
      if (details.size > 1) fail(`${details.size} different refusals for ${tried.join(', ')}`);
      return tried.length > 1 ? `alike: ${tried.join(', ')}` : needMore(tried.length);
    },
  },
];

function needMore(count: number): never {
  return skip(`it takes two kinds of useless certificates, there are ${count}`);
}

export const certCases: readonly Case[] = [
  ...standardCases(certProver),
  members,
  ...spoiltProofs.map(({ spoil, ...spoilt }) =>
    deviationCase(certProver, {
      ...spoilt,
      make: (opened) => proofOf(opened, spoil(opened, opened.holder.credential.key)),
    }),
  ),
  ...chainCases,
  ...uselessCases,
];
