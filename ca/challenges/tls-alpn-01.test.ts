import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { NameResolution } from './name-resolution.ts';
import { createTlsAlpn } from './tls-alpn-01.ts';

const unasked = (): Promise<never> => Promise.reject(new Error('nobody asks for this'));

describe('a look for tls-alpn-01', () => {
  it('opens no connection when the time was up before the address was known', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const time = new AbortController();
    const names: NameResolution = {
      textsOf: unasked,
      caaOf: unasked,
      addressOf() {
        time.abort(new Error('the time is up'));
        return Promise.resolve('127.0.0.1');
      },
    };
    const conceal = (): void => undefined;
    const proof = { domain: 'a.test', below: false, accountUrl: '', token: 't' };
    const type = createTlsAlpn({ names, port });
    const look = type.observe({ ...proof, keyAuthorization: 't.k' }, time.signal, conceal);
    // A connection that nothing ends would be kept open by both sides.
    const outcome = await Promise.race([
      look.catch((error: unknown) => String(error)),
      wait(2000, 'still connected', { ref: false }),
    ]);
    expect(outcome).toContain('the time is up');
    expect(connections).toBe(0);
    server.close();
  });
});
