import { AuthenticatorError } from './authenticator-error.ts';

/** With what an authenticator makes its codes (RFC 4226, RFC 6238). */
export interface AuthenticatorSetup {
  readonly kind: 'totp' | 'hotp';
  /** The caller zero-fills it. */
  readonly secret: Uint8Array;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly digits: 6 | 7 | 8;
  /** Seconds; of `totp` only. */
  readonly period: number;
  /** Of the next code; of `hotp` only. */
  readonly counter: number;
}

const usual = { algorithm: 'sha1', digits: 6, period: 30, counter: 0 } as const;

/**
 * Reads what a QR code or a help desk gives for an authenticator app: an `otpauth:` address, or the secret alone in
 * Base32. Throws `AuthenticatorError` `unreadable` for everything else; nothing is guessed.
 */
export function readSetup(octets: Uint8Array): AuthenticatorSetup {
  if (octets.length > longestText) throw unreadable();
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
  if (!/^[\x20-\x7e]+$/.test(text)) throw unreadable();
  const trimmed = text.trim();
  if (!trimmed.includes(':')) return { kind: 'totp', ...usual, secret: readSecret(trimmed) };
  const [, kind, query] = /^otpauth:\/\/(totp|hotp)\/[^?#\s]+\?([^?#\s]+)$/.exec(trimmed) ?? [];
  if (query === undefined) throw unreadable();
  return readMembers(kind === 'totp' ? 'totp' : 'hotp', membersOf(query));
}

/** Octets. */
const longestText = 2048;

type Members = ReadonlyMap<string, string>;

function readMembers(kind: 'totp' | 'hotp', members: Members): AuthenticatorSetup {
  const digits = readNumber(members.get('digits'), usual.digits, { least: 6, most: 8 });
  const counter = members.get('counter');
  // A counter that is not said could be any; a code of an earlier one is no good.
  if (kind === 'hotp' && counter === undefined) throw unreadable();
  return {
    kind,
    algorithm: readAlgorithm(members.get('algorithm')),
    digits: digits as 6 | 7 | 8,
    period: readNumber(members.get('period'), usual.period, { least: 10, most: 300 }),
    counter: readNumber(counter, usual.counter, { least: 0, most: 2 ** 48 }),
    // Last, for it is the one that would have to be overwritten.
    secret: readSecret(members.get('secret') ?? ''),
  };
}

/** Names nobody knows, such as that of a picture, are passed over; none may be there twice. */
function membersOf(query: string): Members {
  const members = new Map<string, string>();
  for (const part of query.split('&')) {
    const [name = '', value, ...rest] = part.split('=');
    if (value === undefined || rest.some((each) => each !== '') || members.has(name)) {
      throw unreadable();
    }
    members.set(name, decoded(value));
  }
  return members;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // The cause is left out on purpose: it may quote the secret.
    throw unreadable();
  }
}

function readAlgorithm(text: string | undefined): AuthenticatorSetup['algorithm'] {
  switch (text?.toUpperCase()) {
    case undefined:
    case 'SHA1':
      return 'sha1';
    case 'SHA256':
      return 'sha256';
    case 'SHA512':
      return 'sha512';
    default:
      throw unreadable();
  }
}

interface Bounds {
  readonly least: number;
  readonly most: number;
}

function readNumber(text: string | undefined, fallback: number, { least, most }: Bounds): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!/^(?:0|[1-9]\d{0,15})$/.test(text) || number < least || number > most) throw unreadable();
  return number;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** RFC 4226 §4 R6 asks for 128 bits. */
const shortestSecret = 16;
const longestSecret = 128;

/** RFC 4648 §6, in either case; people read it in groups. */
function readSecret(text: string): Uint8Array {
  const letters = text.replaceAll(/[ -]/g, '').replace(/=+$/, '').toUpperCase();
  const length = Math.floor((letters.length * 5) / 8);
  // What is left over is less than an octet, and less than a letter: another length was cut.
  const isWhole = [0, 2, 4, 5, 7].includes(letters.length % 8);
  if (!isWhole || length < shortestSecret || length > longestSecret) throw unreadable();
  const secret = new Uint8Array(length);
  let bits = 0;
  let held = 0;
  let written = 0;
  for (const letter of letters) {
    const value = alphabet.indexOf(letter);
    if (value < 0) throw unreadable();
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    secret[written] = (held >> bits) & 0xff;
    written += 1;
  }
  return secret;
}

const unreadable = (): AuthenticatorError =>
  new AuthenticatorError('unreadable', 'this is no set-up of an authenticator');
