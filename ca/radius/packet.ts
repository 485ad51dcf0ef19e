import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { RadiusError } from './radius-error.ts';

/** RFC 2865 §5, RFC 3579 §3.2. */
const USER_NAME = 1;
const USER_PASSWORD = 2;
const REPLY_MESSAGE = 18;
const STATE = 24;
const NAS_IDENTIFIER = 32;
const MESSAGE_AUTHENTICATOR = 80;

/** RFC 2865 §3. */
const ACCESS_REQUEST = 1;
const replies = { 2: 'accept', 3: 'reject', 11: 'challenge' } as const;

const HEADER = 20;
const DIGEST = 16;
const LONGEST_PACKET = 4096;
const LONGEST_VALUE = 253;
/** RFC 2865 §5.2. */
const LONGEST_PASSWORD = 128;

/** What is asked of the server; texts are sent as UTF-8. */
export type AccessRequest = {
  readonly userName: string;
  /** 1 to 128 octets. */
  readonly password: string;
  /** Who asks. */
  readonly nasIdentifier: string;
  /** From the Access-Challenge that this answers. */
  readonly state?: Buffer | undefined;
};

/** What tells an exchange from every other. */
export type Exchange = {
  /** 0 to 255. */
  readonly identifier: number;
  /** 16 octets that nobody can foresee (RFC 2865 §3). */
  readonly authenticator: Buffer;
  readonly secret: Buffer;
};

export type AccessReply = {
  readonly outcome: 'accept' | 'reject' | 'challenge';
  readonly state: Buffer | undefined;
  /** The text of all Reply-Messages, as the server wrote it. */
  readonly message: string | undefined;
};

/** An Access-Request by PAP (RFC 2865 §4.1). Throws RadiusError for what does not fit into one. */
export function writeAccessRequest(request: AccessRequest, exchange: Exchange): Buffer {
  const { userName, password, nasIdentifier, state } = request;
  const attributes = Buffer.concat([
    // First, so that no forger chooses what goes before it (CVE-2024-3596, "BlastRADIUS").
    attribute(MESSAGE_AUTHENTICATOR, Buffer.alloc(DIGEST)),
    attribute(USER_NAME, Buffer.from(userName)),
    attribute(USER_PASSWORD, hide(Buffer.from(password), exchange)),
    attribute(NAS_IDENTIFIER, Buffer.from(nasIdentifier)),
    ...(state === undefined ? [] : [attribute(STATE, state)]),
  ]);
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(ACCESS_REQUEST, 0);
  header.writeUInt8(exchange.identifier, 1);
  header.writeUInt16BE(HEADER + attributes.length, 2);
  exchange.authenticator.copy(header, 4);
  const packet = Buffer.concat([header, attributes]);
  hmac(packet, exchange.secret).copy(packet, HEADER + 2);
  return packet;
}

/**
 * Reads what came in answer. Throws RadiusError `not-an-answer` for everything that is not provably from who has
 * the secret, in answer to this very request.
 */
export function readReply(datagram: Buffer, exchange: Exchange): AccessReply {
  const packet = cut(datagram);
  const outcome = replies[packet.readUInt8(0) as keyof typeof replies] as
    AccessReply['outcome'] | undefined;
  if (outcome === undefined) throw notAnAnswer('its code is another');
  if (packet.readUInt8(1) !== exchange.identifier) throw notAnAnswer('its identifier is another');
  const attributes = readAttributes(packet);
  checkMessageAuthenticator(packet, attributes, exchange);
  checkResponseAuthenticator(packet, exchange);
  const messages = attributes.filter(({ type }) => type === REPLY_MESSAGE);
  return {
    outcome,
    state: attributes.find(({ type }) => type === STATE)?.value,
    message:
      messages.length === 0
        ? undefined
        : Buffer.concat(messages.map(({ value }) => value)).toString('utf8'),
  };
}

type Attribute = { readonly type: number; readonly value: Buffer; readonly offset: number };

/** RFC 2865 §3: what goes beyond the length is padding; what is shorter than it is no packet. */
function cut(datagram: Buffer): Buffer {
  if (datagram.length < HEADER) throw notAnAnswer('it is too short');
  const length = datagram.readUInt16BE(2);
  if (length < HEADER || length > LONGEST_PACKET || length > datagram.length) {
    throw notAnAnswer('its length is wrong');
  }
  return Buffer.from(datagram.subarray(0, length));
}

function readAttributes(packet: Buffer): readonly Attribute[] {
  const attributes: Attribute[] = [];
  let offset = HEADER;
  while (offset < packet.length) {
    const length = offset + 1 < packet.length ? packet.readUInt8(offset + 1) : 0;
    if (length < 2 || offset + length > packet.length) throw notAnAnswer('an attribute is cut');
    const value = Buffer.from(packet.subarray(offset + 2, offset + length));
    attributes.push({ type: packet.readUInt8(offset), value, offset });
    offset += length;
  }
  return attributes;
}

/** RFC 3579 §3.2, with the authenticator of the request in the place of the reply's own. */
function checkMessageAuthenticator(
  packet: Buffer,
  attributes: readonly Attribute[],
  { authenticator, secret }: Exchange,
): void {
  const [found, ...others] = attributes.filter(({ type }) => type === MESSAGE_AUTHENTICATOR);
  if (found?.value.length !== DIGEST || others.length > 0) {
    throw notAnAnswer('it has no Message-Authenticator');
  }
  const signed = Buffer.from(packet);
  authenticator.copy(signed, 4);
  signed.fill(0, found.offset + 2, found.offset + 2 + DIGEST);
  if (!timingSafeEqual(hmac(signed, secret), found.value)) {
    throw notAnAnswer('its Message-Authenticator is wrong');
  }
}

/** RFC 2865 §3. */
function checkResponseAuthenticator(packet: Buffer, { authenticator, secret }: Exchange): void {
  const expected = md5(packet.subarray(0, 4), authenticator, packet.subarray(HEADER), secret);
  if (!timingSafeEqual(expected, packet.subarray(4, HEADER))) {
    throw notAnAnswer('its authenticator is wrong');
  }
}

/** RFC 2865 §5.2. */
function hide(password: Buffer, { authenticator, secret }: Exchange): Buffer {
  if (password.length === 0 || password.length > LONGEST_PASSWORD) {
    throw new RadiusError('does-not-fit', 'the password does not fit into a RADIUS packet');
  }
  const hidden = Buffer.alloc(Math.ceil(password.length / DIGEST) * DIGEST);
  password.copy(hidden);
  let before = authenticator;
  for (let start = 0; start < hidden.length; start += DIGEST) {
    const mask = md5(secret, before);
    for (let index = 0; index < DIGEST; index += 1) {
      const place = start + index;
      hidden.writeUInt8(hidden.readUInt8(place) ^ mask.readUInt8(index), place);
    }
    before = hidden.subarray(start, start + DIGEST);
  }
  return hidden;
}

function attribute(type: number, value: Buffer): Buffer {
  if (value.length === 0 || value.length > LONGEST_VALUE) {
    throw new RadiusError('does-not-fit', 'an attribute does not fit into a RADIUS packet');
  }
  return Buffer.concat([Buffer.from([type, value.length + 2]), value]);
}

function hmac(packet: Buffer, secret: Buffer): Buffer {
  return createHmac('md5', secret).update(packet).digest();
}

function md5(...parts: readonly Buffer[]): Buffer {
  return createHash('md5').update(Buffer.concat(parts)).digest();
}

function notAnAnswer(reason: string): RadiusError {
  return new RadiusError('not-an-answer', `a datagram is not an answer: ${reason}`);
}
