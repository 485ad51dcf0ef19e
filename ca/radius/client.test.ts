import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { createHash, createHmac } from 'node:crypto';
import { generateSync } from 'otplib/functional';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { radiusUsers, startRadiusServer } from '../testing/radius-server.ts';
import type { RunningRadiusServer } from '../testing/radius-server.ts';
import { createRadiusClient } from './client.ts';
import type { RadiusServer } from './client.ts';
import type { AccessReply } from './packet.ts';
import { RadiusError } from './radius-error.ts';

const never = new AbortController().signal;

type Question = { readonly userName: string; readonly password: string; readonly state?: Buffer };

const ask = (server: RadiusServer, question: Question): Promise<AccessReply> =>
  createRadiusClient(server, 'ca.example').ask(question, never);

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof RadiusError ? error.code : error),
  );

describe('FreeRADIUS', () => {
  const { simple, slow, totp, steps } = radiusUsers;
  let server: RunningRadiusServer;

  beforeAll(async () => {
    server = await startRadiusServer();
  });
  afterAll(() => server.stop());

  it('accepts the right password and rejects a wrong one', async () => {
    expect((await ask(server, simple)).outcome).toBe('accept');
    expect((await ask(server, { ...simple, password: '482916' })).outcome).toBe('reject');
    expect((await ask(server, { ...simple, userName: 'nobody' })).outcome).toBe('reject');
  });

  it('reads passwords of every length', async () => {
    for (const length of [1, 15, 16, 17, 64, 128]) {
      const password = 'x'.repeat(length);
      expect((await ask(server, { ...simple, password })).outcome).toBe('reject');
    }
  });

  it('accepts the code of an authenticator app', async () => {
    const { userName, secret } = totp;
    const attempt = async (): Promise<string> =>
      (await ask(server, { userName, password: generateSync({ secret }) })).outcome;
    // A step may end between the making of the code and its judging.
    expect([await attempt(), await attempt()]).toContain('accept');
    expect((await ask(server, { userName, password: '000000' })).outcome).toBe('reject');
  });

  it('asks for more, and knows the state that it gave', async () => {
    const { userName, pin, code, said } = steps;
    const first = await ask(server, { userName, password: pin });
    expect(first).toMatchObject({ outcome: 'challenge', message: said });
    const { state } = first;
    expect((await ask(server, { userName, password: code })).outcome).toBe('reject');
    if (state === undefined) throw new Error('there is no state');
    expect((await ask(server, { userName, password: code, state })).outcome).toBe('accept');
  });

  it('is waited for, and judges one question once however often it is sent', async () => {
    const before = server.judged(slow.userName);
    const started = Date.now();
    expect((await ask(server, slow)).outcome).toBe('accept');
    expect(Date.now() - started).toBeGreaterThan(1_500);
    await expect.poll(() => server.judged(slow.userName)).toBe(before + 1);
  });

  it('says nothing to who has another secret', async () => {
    const stranger = { ...server, secret: 'another', timeoutSeconds: 1 };
    expect(await failure(ask(stranger, simple))).toBe('time-out');
  });

  it('is not believed when its answers have no Message-Authenticator', async () => {
    const unsigned = await startRadiusServer({ signed: false });
    try {
      const asking = ask({ ...unsigned, timeoutSeconds: 1 }, simple);
      await expect(asking).rejects.toThrow(/1 datagrams were no answer/);
      await expect.poll(() => unsigned.judged(simple.userName)).toBe(1);
    } finally {
      await unsigned.stop();
    }
  });
});

describe('a server that', () => {
  let socket: Socket;
  const secret = 'shared';

  afterEach(() => socket.close());

  async function listen(
    answer: (packet: Buffer, peer: RemoteInfo, count: number) => readonly Buffer[],
  ): Promise<RadiusServer> {
    socket = createSocket('udp4').bind(0, '127.0.0.1');
    let count = 0;
    socket.on('message', (packet, peer) => {
      count += 1;
      for (const datagram of answer(packet, peer, count)) {
        socket.send(datagram, peer.port, peer.address);
      }
    });
    await once(socket, 'listening');
    return { host: '127.0.0.1', port: socket.address().port, secret, timeoutSeconds: 15 };
  }

  /** An Access-Accept with nothing but its Message-Authenticator. */
  function accept(request: Buffer, key = secret): Buffer {
    const head = Buffer.from([2, request.readUInt8(1), 0, 38]);
    const authenticator = request.subarray(4, 20);
    const unsigned = Buffer.concat([head, authenticator, Buffer.from([80, 18]), Buffer.alloc(16)]);
    const signature = createHmac('md5', key).update(unsigned).digest();
    const body = Buffer.concat([Buffer.from([80, 18]), signature]);
    const parts = Buffer.concat([head, authenticator, body, Buffer.from(key)]);
    return Buffer.concat([head, createHash('md5').update(parts).digest(), body]);
  }

  const question = { userName: 'alex', password: 'secret' };

  it('loses a datagram is sent the same one again', async () => {
    const seen: string[] = [];
    const server = await listen((packet, _peer, count) => {
      seen.push(packet.toString('hex'));
      return count === 1 ? [] : [accept(packet)];
    });
    expect((await ask(server, question)).outcome).toBe('accept');
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(seen[1]);
  });

  it('is spoken for by forgers is heard all the same', async () => {
    const server = await listen((packet) => [
      Buffer.from('nothing'),
      accept(packet, 'another'),
      // RFC 2865 alone would take this one.
      withoutSignature(packet),
      accept(packet),
    ]);
    expect((await ask(server, question)).outcome).toBe('accept');
  });

  it('only forgers speak for is not believed', async () => {
    const server = await listen((packet) => [withoutSignature(packet), accept(packet, 'another')]);
    const asking = ask({ ...server, timeoutSeconds: 1 }, question);
    expect(await failure(asking)).toBe('time-out');
  });

  it('does not listen is found out at once', async () => {
    const server = await listen(() => []);
    socket.close();
    await once(socket, 'close');
    expect(await failure(ask(server, question))).toBe('unreachable');
    socket = createSocket('udp4');
  });

  it('keeps silent is left when the question is withdrawn', async () => {
    const server = await listen(() => []);
    const stopping = new AbortController();
    const asking = createRadiusClient(server, 'ca.example').ask(question, stopping.signal);
    stopping.abort(new Error('the CA stops'));
    await expect(asking).rejects.toThrow('the CA stops');
  });

  it('hears another number and another mask in every question', async () => {
    const seen = new Set<string>();
    const server = await listen((packet) => {
      seen.add(packet.subarray(4, 20).toString('hex'));
      expect(packet.includes(question.password)).toBe(false);
      return [accept(packet)];
    });
    for (let count = 0; count < 5; count += 1) await ask(server, question);
    expect(seen.size).toBe(5);
  });

  function withoutSignature(request: Buffer): Buffer {
    const head = Buffer.from([2, request.readUInt8(1), 0, 20]);
    const parts = Buffer.concat([head, request.subarray(4, 20), Buffer.from(secret)]);
    return Buffer.concat([head, createHash('md5').update(parts).digest()]);
  }
});
