import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { DnsClient } from './dns-client.ts';
import { DnsError } from './dns-error.ts';
import {
  encodeQuery,
  encodeRecord,
  encodeUpdate,
  parseMessage,
  recordTypes,
  uint16,
} from './dns-message.ts';
import { encodeName, readName } from './dns-name.ts';
import type { DnsServer } from './dns-transport.ts';
import { signMessage, TsigKey, verifyAnswer } from './tsig.ts';
import { readTxt } from './txt-record.ts';

const secret = Buffer.alloc(32, 9).toString('base64');
const key = new TsigKey({ name: 'key.test', algorithm: 'hmac-sha256', secret });
const now = new Date('2026-11-22T12:00:00Z');
const id = 4711;
const request = signMessage(encodeUpdate(id, 'example.test', []), key, now);

/** The server's answer to `request`, signed as RFC 8945 §5.3 wants it. */
function answer({ at = now, signer = key, bound = request.mac } = {}): Buffer {
  const header = Buffer.concat([id, 0xa800, 0, 0, 0, 0].map(uint16));
  const draft = signMessage(header, signer, at);
  // What signMessage signed, with the request's signature before it.
  const message = parseMessage(draft.octets);
  const record = message.additionals[0];
  if (!record) throw new Error('there is no TSIG record');
  const tsig = record.data;
  const macAt = encodeName(signer.algorithm).length + 10;
  const timers = tsig.subarray(0, macAt - 2);
  const rest = tsig.subarray(macAt + 32);
  const variables = Buffer.concat([
    ...[encodeName(signer.name), uint16(255), Buffer.alloc(4), timers, rest.subarray(2)],
  ]);
  const mac = signer.mac(uint16(bound.length), bound, header, variables);
  const data = Buffer.concat([tsig.subarray(0, macAt), mac, rest]);
  const signed = encodeRecord({ name: signer.name, type: 250, class: 255, ttl: 0, data });
  const whole = Buffer.concat([header, signed]);
  whole.writeUInt16BE(1, 10);
  return whole;
}

const check = (octets: Buffer): unknown =>
  verifyAnswer(octets, { key, requestMac: request.mac, now });

const reasonOf = (attempt: () => unknown): string => {
  try {
    attempt();
    return 'none';
  } catch (error) {
    if (error instanceof DnsError) return error.reason;
    throw error;
  }
};

describe('a signed answer', () => {
  test('is taken when it is the server’s', () => {
    expect(check(answer())).toMatchObject({ rcode: 'NOERROR', opcode: 5 });
  });

  test('to another request, by another key or of another time is not', () => {
    expect(reasonOf(() => check(answer({ bound: Buffer.alloc(32) })))).toBe('unsigned');
    const others = Buffer.alloc(32, 8).toString('base64');
    const wrong = new TsigKey({ name: 'key.test', algorithm: 'hmac-sha256', secret: others });
    expect(reasonOf(() => check(answer({ signer: wrong })))).toBe('unsigned');
    const alias = new TsigKey({ name: 'other.test', algorithm: 'hmac-sha256', secret });
    expect(reasonOf(() => check(answer({ signer: alias })))).toBe('unsigned');
    const old = new Date(now.getTime() - 301_000);
    expect(reasonOf(() => check(answer({ at: old })))).toBe('clock');
  });

  test('without a signature proves nothing', () => {
    const bare = Buffer.concat([id, 0xa800, 0, 0, 0, 0].map(uint16));
    expect(reasonOf(() => check(bare))).toBe('unsigned');
  });

  test('is refused when any one bit of it has changed', () => {
    const good = answer();
    const bit = fc.integer({ min: 16, max: good.length * 8 - 1 });
    fc.assert(
      fc.property(bit, (position) => {
        const changed = Buffer.from(good);
        const at = Math.floor(position / 8);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << (position % 8)), at);
        const reason = reasonOf(() => check(changed));
        // Names are compared without regard to case (RFC 8945 §4.3.3): that bit of a letter counts for nothing.
        const inName = (at >= 12 && at < 22) || (at >= 32 && at < 45);
        const lower = (octets: Buffer): string =>
          octets.toString('latin1', at, at + 1).toLowerCase();
        const sameName = inName && lower(changed) === lower(good);
        expect(reason === 'none').toBe(sameName);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('whatever comes as an answer', () => {
  const octets = fc.uint8Array({ maxLength: 600 }).map((each) => Buffer.from(each));
  const nearly = fc
    .tuple(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat(80))
    .map(([changes, cut]) => {
      const good = answer();
      for (const [at, value] of changes) good.writeUInt8(value, at % good.length);
      return good.subarray(0, good.length - (cut > 60 ? cut - 60 : 0));
    });

  test.each([
    ['any octets', octets],
    ['a damaged answer', nearly],
  ])('as %s is a message or a DnsError', (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (each) => {
        reasonOf(() => parseMessage(each));
        reasonOf(() => check(each));
        readTxt(each);
      }),
      { numRuns: 2_000 },
    );
  });

  test('has no name that never ends', () => {
    const loop = Buffer.concat([...[id, 0x8000, 1, 0, 0, 0].map(uint16), uint16(0xc00c)]);
    expect(reasonOf(() => parseMessage(Buffer.concat([loop, Buffer.alloc(4)])))).toBe('malformed');
    fc.assert(
      fc.property(octets, fc.nat(600), (each, at) => {
        reasonOf(() => readName(each, at));
      }),
    );
  });

  test('has names that come back as they were written', () => {
    const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 8 }), (labels) => {
        const name = labels.join('.');
        expect(readName(encodeName(name), 0)).toEqual({ name, next: name.length + 2 });
      }),
    );
  });

  test('has no name that a text could be mistaken for', () => {
    const odd = Buffer.from([4, 0x61, 0x2e, 0x62, 0x0a, 0]);
    expect(readName(odd, 0).name).toBe('a\\046b\\010');
  });
});

describe('a server', () => {
  const closings: (() => void)[] = [];
  afterEach(() => closings.splice(0).forEach((close) => close()));

  /** Answers each datagram with those that `reply` makes of it. */
  async function udpServer(
    reply: (asked: Buffer, send: (octets: Buffer) => void) => void,
  ): Promise<DnsServer> {
    const socket: Socket = createSocket('udp4');
    closings.push(() => socket.close());
    socket.on('message', (asked, from) =>
      reply(asked, (octets) => socket.send(octets, from.port, from.address)),
    );
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return { host: '127.0.0.1', port: socket.address().port };
  }

  const client = new DnsClient({ timeout: 900, newId: () => id, now: () => now });
  const soa = (server: DnsServer, signal?: AbortSignal) =>
    client.query(server, { name: 'example.test', type: 'SOA' }, signal);
  const asResponse = (asked: Buffer, rcode = 0): Buffer => {
    const copy = Buffer.from(asked);
    copy.writeUInt16BE(0x8400 | rcode, 2);
    return copy;
  };

  test('is heard although others answer before it', async () => {
    const server = await udpServer((asked, send) => {
      const otherId = asResponse(asked);
      otherId.writeUInt16BE(id + 1, 0);
      send(otherId);
      send(Buffer.from([1]));
      send(asResponse(encodeQuery(id, 'else.test', 'SOA')));
      send(asked);
      send(asResponse(asked));
    });
    expect((await soa(server)).rcode).toBe('NOERROR');
  });

  test('that says nothing is given up, and asked three times', async () => {
    let asked = 0;
    const server = await udpServer(() => (asked += 1));
    await expect(soa(server)).rejects.toMatchObject({ reason: 'timeout' });
    expect(asked).toBe(3);
  });

  test('that says nothing can be left', async () => {
    const server = await udpServer(() => undefined);
    const reason = new Error('enough');
    await expect(soa(server, AbortSignal.abort(reason))).rejects.toBe(reason);
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(reason), 50);
    await expect(soa(server, leaving.signal)).rejects.toBe(reason);
  });

  test.each([
    [2, 'SERVFAIL'],
    [5, 'REFUSED'],
    [12, 'RCODE 12'],
  ])('that answers with code %d is named %s', async (code, rcode) => {
    const server = await udpServer((asked, send) => send(asResponse(asked, code)));
    await expect(soa(server)).rejects.toMatchObject({ reason: 'rcode', rcode });
  });

  test('whose answer is cut off is asked by TCP', async () => {
    const stream = createServer((socket) => {
      socket.once('data', (chunk: Buffer) => {
        const octets = asResponse(chunk.subarray(2));
        const framed = Buffer.concat([uint16(octets.length), octets]);
        // In two pieces, the first of which ends inside the length.
        socket.write(framed.subarray(0, 1), () => socket.end(framed.subarray(1)));
      });
    });
    closings.push(() => stream.close());
    const server = await udpServer((asked, send) => {
      const cut = asResponse(asked);
      cut.writeUInt16BE(0x8600, 2);
      send(cut);
    });
    stream.listen(server.port, '127.0.0.1');
    await once(stream, 'listening');
    expect(await soa(server)).toMatchObject({ truncated: false });
  });

  test('that nobody runs is unreachable', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    const update = { key, transport: 'tcp', zone: 'example.test', changes: [] } as const;
    const server = { host: '127.0.0.1', port };
    await expect(client.update({ ...update, server })).rejects.toMatchObject({
      reason: 'unreachable',
    });
  });

  test('is believed after a forger, and the forger never', async () => {
    const forged = Buffer.concat([id, 0xa800, 0, 0, 0, 0].map(uint16));
    const update = { key, transport: 'udp', zone: 'example.test', changes: [] } as const;
    const raced = await udpServer((_asked, send) => {
      send(forged);
      send(answer());
    });
    await expect(client.update({ ...update, server: raced })).resolves.toBeUndefined();
    const alone = await udpServer((_asked, send) => send(forged));
    await expect(client.update({ ...update, server: alone })).rejects.toMatchObject({
      reason: 'unsigned',
    });
  });
});

test('a key keeps its secret to itself', () => {
  expect(JSON.stringify(key)).not.toContain(secret);
  expect(Object.values(key)).toEqual(['key.test', 'hmac-sha256']);
  const bad = 'c2VjcmV0 with something else';
  const error = (() => {
    try {
      return new TsigKey({ name: 'key.test', algorithm: 'hmac-sha256', secret: bad });
    } catch (reason) {
      return reason;
    }
  })();
  expect(error).toMatchObject({ reason: 'key-wrong' });
  expect(String(error) + JSON.stringify(error)).not.toContain(bad);
});

test('what is asked is a question of one name', () => {
  expect(parseMessage(encodeQuery(id, 'example.test', 'TXT'))).toMatchObject({
    question: { name: 'example.test', type: recordTypes.TXT },
  });
});
