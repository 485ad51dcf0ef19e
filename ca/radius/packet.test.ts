import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReply, writeAccessRequest } from './packet.ts';
import { RadiusError } from './radius-error.ts';

const secret = Buffer.from('shared by two');
const exchange = { identifier: 7, authenticator: Buffer.alloc(16, 0xa5), secret };
const question = { userName: 'alex', password: '482915', nasIdentifier: 'ca.example' };

type Attribute = readonly [type: number, value: Buffer];

type Reply = {
  readonly code?: number;
  readonly identifier?: number;
  readonly attributes?: readonly Attribute[];
  readonly key?: Buffer;
  readonly authenticator?: Buffer;
  readonly withMessageAuthenticator?: boolean;
};

/** A reply as a server makes it, written from the RFCs a second time. */
function reply(options: Reply = {}): Buffer {
  const { code = 2, identifier = 7, attributes = [], key = secret } = options;
  const { authenticator = exchange.authenticator, withMessageAuthenticator = true } = options;
  const all: Attribute[] = [
    ...attributes,
    ...(withMessageAuthenticator ? [[80, Buffer.alloc(16)] as const] : []),
  ];
  const body = Buffer.concat(
    all.map(([type, value]) => Buffer.concat([Buffer.from([type, value.length + 2]), value])),
  );
  const head = Buffer.from([code, identifier, 0, 0]);
  head.writeUInt16BE(20 + body.length, 2);
  if (withMessageAuthenticator) {
    const unsigned = Buffer.concat([head, authenticator, body]);
    createHmac('md5', key)
      .update(unsigned)
      .digest()
      .copy(body, body.length - 16);
  }
  const digest = createHash('md5')
    .update(Buffer.concat([head, authenticator, body, key]))
    .digest();
  return Buffer.concat([head, digest, body]);
}

const codeOf = (datagram: Buffer): string => {
  try {
    readReply(datagram, exchange);
    return 'read';
  } catch (error) {
    if (error instanceof RadiusError) return error.code;
    throw error;
  }
};

describe('an Access-Request', () => {
  it('hides the password as RFC 2865 §7.1 does', () => {
    // The example of the RFC: user "nemo", password "arctangent", secret "xyzzy5461".
    const packet = writeAccessRequest(
      { userName: 'nemo', password: 'arctangent', nasIdentifier: 'nas' },
      {
        identifier: 0,
        authenticator: Buffer.from('0f403f9473978057bd83d5cb98f4227a', 'hex'),
        secret: Buffer.from('xyzzy5461'),
      },
    );
    expect(packet.toString('hex')).toContain('02120dbe708d93d413ce3196e43f782a0aee');
  });

  it('has its Message-Authenticator first, over the whole of it', () => {
    const packet = writeAccessRequest(question, exchange);
    expect([...packet.subarray(20, 22)]).toEqual([80, 18]);
    const unsigned = Buffer.from(packet).fill(0, 22, 38);
    expect(packet.subarray(22, 38)).toEqual(createHmac('md5', secret).update(unsigned).digest());
    expect(packet.readUInt16BE(2)).toBe(packet.length);
  });

  it('never carries the password in clear, of whatever length', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{4,128}$/), (password) => {
        const packet = writeAccessRequest({ ...question, password }, exchange);
        expect(packet.includes(password)).toBe(false);
      }),
    );
  });

  it.each([
    ['no password', { password: '' }],
    ['too long a password', { password: 'x'.repeat(129) }],
    ['no name', { userName: '' }],
    ['too long a name', { userName: 'x'.repeat(254) }],
  ])('is not made with %s', (_what, part) => {
    expect(() => writeAccessRequest({ ...question, ...part }, exchange)).toThrow(RadiusError);
  });
});

describe('a reply', () => {
  it.each([
    [2, 'accept'],
    [3, 'reject'],
    [11, 'challenge'],
  ])('of code %i is an %s', (code, outcome) => {
    expect(readReply(reply({ code }), exchange).outcome).toBe(outcome);
  });

  it('gives state and message', () => {
    const attributes = [
      [18, Buffer.from('Enter the code ')],
      [24, Buffer.from([0, 1, 2])],
      [18, Buffer.from('of the token')],
    ] as const;
    expect(readReply(reply({ code: 11, attributes }), exchange)).toEqual({
      outcome: 'challenge',
      state: Buffer.from([0, 1, 2]),
      message: 'Enter the code of the token',
    });
  });

  it('may be followed by padding', () => {
    expect(codeOf(Buffer.concat([reply(), Buffer.alloc(9)]))).toBe('read');
  });

  it.each([
    ['without Message-Authenticator', reply({ withMessageAuthenticator: false })],
    ['with two of them', reply({ attributes: [[80, Buffer.alloc(16)]] })],
    ['signed with another secret', reply({ key: Buffer.from('another') })],
    ['to another request', reply({ authenticator: Buffer.alloc(16, 1) })],
    ['with another identifier', reply({ identifier: 8 })],
    ['that is a request', reply({ code: 1 })],
    ['that is nothing', Buffer.alloc(0)],
    ['that is cut', reply().subarray(0, 30)],
  ])('%s is none', (_what, datagram) => {
    expect(codeOf(datagram)).toBe('not-an-answer');
  });

  it('is none with any bit of it changed', () => {
    const attributes = [[24, Buffer.from('state')]] as const;
    const good = reply({ code: 11, attributes });
    expect(codeOf(good)).toBe('read');
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const changed = Buffer.from(good);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(codeOf(changed), `bit ${bit}`).toBe('not-an-answer');
    }
  });

  it('of any octets at all is refused and nothing worse', () => {
    const attributes = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(2, 3, 11, 99), attributes, (code, parts) => {
        const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
        const head = Buffer.from([code, 7, 0, 0]);
        head.writeUInt16BE(20 + body.length, 2);
        const parted = Buffer.concat([head, exchange.authenticator, body, secret]);
        const digest = createHash('md5').update(parted).digest();
        expect(codeOf(Buffer.concat([head, digest, body]))).toBe('not-an-answer');
      }),
    );
  });
});
