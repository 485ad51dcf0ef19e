import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Identifier } from '../acme/objects.ts';
import { readParties } from './approvals-file.ts';
import { decodeBase32 } from '../proofs/one-time-codes.ts';
import { hashes, uselessCertificates } from './credentials.ts';
import type {
  BindingKey,
  Cert,
  CertificateWithKey,
  Credentials,
  Held,
  Hotp,
  Kind,
  Neighbour,
  Otp,
  Parties,
  Passkey,
  Subject,
  Totp,
} from './credentials.ts';
import { base64url, FileError, integer, items, members, oneOf, optional } from './shape.ts';
import { refuse, text, truth } from './shape.ts';
import type { Place } from './shape.ts';

/**
 * Reads the credentials of docs/conformance-credentials.schema.json. Throws FileError, which names the place and never what
 * stands there.
 */
export function readCredentials(file: string, warn: (text: string) => void): Credentials {
  const source = readSecret(file, warn);
  const folder = dirname(file);
  const root = members({ value: parse(source, file), path: '$' }, rootMembers);
  const subjects = items(root.subjects).map((place) => readSubject(place, folder));
  const approvals = optional(root.approvals, (place) =>
    readParties(place, {
      subject: (one) => readSubject(one, folder),
      identifier: readIdentifier,
      pem: (one) => readPem(one, folder),
    }),
  );
  const names = [...subjects, ...partiesIn(approvals)].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(root.subjects, `has two of the name "${twice}"`);
  return {
    subjects,
    neighbours: (optional(root.neighbours, items) ?? []).map(readNeighbour),
    approvals,
  };
}

const rootMembers = ['$schema', 'subjects', 'neighbours', 'approvals'] as const;

function partiesIn(approvals: Parties | undefined): readonly Subject[] {
  if (approvals === undefined) return [];
  const { requester, approvers, auditor, standing } = approvals;
  return [requester, ...approvers, auditor, standing?.account].filter((one) => one !== undefined);
}

function readSecret(file: string, warn: (text: string) => void): string {
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      warn(`${file} holds secrets and can be read by others: chmod 600 it`);
    }
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FileError(`${file} cannot be read`, { cause });
  }
}

function parse(source: string, file: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // The message of the parser quotes the file.
    throw new FileError(`${file} is no JSON`);
  }
}

const subjectMembers = [
  ...(['name', 'identifier', 'profile', 'externalAccounts'] as const),
  ...(['totp', 'hotp', 'otp', 'cert', 'ppkp'] as const),
] as const;

type Usual = { readonly identifier: Identifier | undefined; readonly profile: string | undefined };

function readSubject(place: Place, folder: string): Subject {
  const found = members(place, subjectMembers);
  const usual: Usual = {
    identifier: optional(found.identifier, readIdentifier),
    profile: optional(found.profile, text),
  };
  const { passkey, key } = optional(found.ppkp, (ppkp) => readPpkp(ppkp, usual)) ?? {};
  const held: { -readonly [K in Kind]?: Held<K> | undefined } = {
    totp: optional(found.totp, (totp) => readTotp(totp, usual)),
    hotp: optional(found.hotp, (hotp) => readHotp(hotp, usual)),
    otp: optional(found.otp, (otp) => readOtp(otp, usual)),
    cert: optional(found.cert, (cert) => readCert(cert, usual, folder)),
    ...{ passkey, key },
  };
  const present = Object.entries(held).filter(([, one]) => one !== undefined);
  return {
    name: text(found.name, /^[\w.@-]{1,64}$/),
    externalAccounts: (optional(found.externalAccounts, items) ?? []).map(readBindingKey),
    held: Object.fromEntries(present),
  };
}

function readBindingKey(place: Place): BindingKey {
  const { kid, hmac, reusable } = members(place, ['kid', 'hmac', 'reusable']);
  return {
    ...{ kid: text(kid), hmac: base64url(hmac) },
    reusable: optional(reusable, truth) ?? false,
  };
}

function readIdentifier(place: Place): Identifier {
  const { type, value } = members(place, ['type', 'value']);
  return { type: text(type), value: text(value) };
}

function readNeighbour(place: Place): Neighbour {
  const { identifier, profile } = members(place, ['identifier', 'profile']);
  return { identifier: readIdentifier(identifier), profile: optional(profile, text) };
}

const ordering = ['identifier', 'profile', 'expendable'] as const;
type Ordering = Readonly<Record<(typeof ordering)[number], Place>>;

function heldBy<Credential>(
  credential: Credential,
  found: Ordering,
  usual: Usual,
): Omit<Held<Kind>, 'credential'> & { readonly credential: Credential } {
  const identifier = optional(found.identifier, readIdentifier) ?? usual.identifier;
  return {
    credential,
    identifier: identifier ?? refuse(found.identifier, 'is missing, here and at the subject'),
    profile: optional(found.profile, text) ?? usual.profile,
    expendable: optional(found.expendable, truth) ?? false,
  };
}

const codeMembers = ['secret', 'algorithm', 'digits'] as const;

function readCode({
  secret,
  algorithm,
  digits,
}: Readonly<Record<(typeof codeMembers)[number], Place>>) {
  return {
    secret: decodeBase32(text(secret, /^[A-Z2-7 ]{16,}=*$/i)),
    algorithm: optional(algorithm, (place) => oneOf(place, hashes)) ?? 'SHA1',
    digits: optional(digits, (place) => oneOf(place, [6, 7, 8])) ?? 6,
  } as const;
}

function readTotp(place: Place, usual: Usual): Held<'totp'> {
  const found = members(place, [...codeMembers, 'period', ...ordering]);
  const period = optional(found.period, (one) => integer(one, 5, 600)) ?? 30;
  return heldBy<Totp>({ ...readCode(found), period }, found, usual);
}

function readHotp(place: Place, usual: Usual): Held<'hotp'> {
  const found = members(place, [...codeMembers, 'counter', ...ordering]);
  const counter = integer(found.counter, 0, Number.MAX_SAFE_INTEGER);
  return heldBy<Hotp>({ ...readCode(found), counter }, found, usual);
}

function readOtp(place: Place, usual: Usual): Held<'otp'> {
  const found = members(place, ['ocra', 'list', 'command', ...ordering]);
  const ways = [
    optional(found.ocra, readOcra),
    optional(found.list, (list): Otp => ({ by: 'list', passwords: readTexts(list) })),
    optional(found.command, (command): Otp => ({ by: 'command', command: readTexts(command) })),
  ].filter((way) => way !== undefined);
  const [otp] = ways;
  if (otp === undefined || ways.length > 1)
    refuse(place, 'must have one of ocra, list and command');
  return heldBy(otp, found, usual);
}

function readOcra(place: Place): Otp {
  const { suite, key } = members(place, ['suite', 'key']);
  const shape = /^OCRA-1:HOTP-SHA(1|256|512)-(4|5|6|7|8|9|10):QN(0[4-9]|[1-5]\d|6[0-4])$/;
  return {
    ...{ by: 'ocra', suite: text(suite, shape) },
    key: Buffer.from(text(key, /^([0-9a-f]{2})+$/i), 'hex'),
  };
}

function readTexts(place: Place): readonly string[] {
  const texts = items(place).map((item) => text(item));
  return texts.length > 0 ? texts : refuse(place, 'must not be empty');
}

function readCert(place: Place, usual: Usual, folder: string): Held<'cert'> {
  const found = members(place, ['chain', 'key', ...uselessCertificates, ...ordering]);
  const useless = uselessCertificates.flatMap((name) => {
    const pair = optional(found[name], (one) => readPair(members(one, ['chain', 'key']), folder));
    return pair === undefined ? [] : [[name, pair] as const];
  });
  const cert = { ...readPair(found, folder), useless: Object.fromEntries(useless) };
  return heldBy<Cert>(cert, found, usual);
}

type Pair = { readonly chain: Place; readonly key: Place };

function readPair({ chain, key }: Pair, folder: string): CertificateWithKey {
  const blocks = readPem(chain, folder).match(pemCertificate) ?? [];
  if (blocks.length === 0) refuse(chain, 'has no certificate');
  try {
    const certificates = blocks.map((block) => new X509Certificate(block));
    const privateKey = createPrivateKey(readPem(key, folder));
    if (certificates[0]?.checkPrivateKey(privateKey) !== true) {
      refuse(key, 'is not that of the first certificate');
    }
    return { chain: certificates.map(({ raw }) => raw), key: privateKey };
  } catch (error) {
    if (error instanceof FileError) throw error;
    return refuse(chain, 'and its key cannot be read as PEM');
  }
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** PEM, or the path of a file with it, seen from the credentials file. */
function readPem(place: Place, folder: string): string {
  const given = text(place);
  if (given.includes('-----BEGIN ')) return given;
  try {
    return readFileSync(resolve(folder, given), 'utf8');
  } catch (cause) {
    throw new FileError(`${place.path} is neither PEM nor a file that can be read`, { cause });
  }
}

type Ppkp = {
  readonly passkey: Held<'passkey'> | undefined;
  readonly key: Held<'key'> | undefined;
};

function readPpkp(place: Place, usual: Usual): Ppkp {
  const found = members(place, ['passkey', 'key', ...ordering]);
  const passkey = optional(found.passkey, readPasskey);
  const key = optional(found.key, readPrivateJwk);
  if (passkey === undefined && key === undefined) refuse(place, 'has neither a passkey nor a key');
  return {
    passkey: passkey && heldBy(passkey, found, usual),
    key: key && heldBy({ key }, found, usual),
  };
}

function readPasskey(place: Place): Passkey {
  const found = members(place, passkeyMembers);
  return {
    credentialId: text(found.credentialId, /^[A-Za-z0-9_-]+$/),
    key: readPrivateJwk(found.key),
    rpId: text(found.rpId),
    userHandle: optional(found.userHandle, (one) => text(one, /^[A-Za-z0-9_-]+$/)),
    signCount: optional(found.signCount, (one) => integer(one, 0, 2 ** 32 - 1)),
    backupEligible: optional(found.backupEligible, truth) ?? false,
  };
}

const passkeyMembers = [
  ...(['credentialId', 'key', 'rpId', 'userHandle', 'signCount', 'backupEligible'] as const),
] as const;

function readPrivateJwk(place: Place): KeyObject {
  try {
    return createPrivateKey({ key: place.value as JsonWebKey, format: 'jwk' });
  } catch {
    return refuse(place, 'must be a private key as JWK');
  }
}
