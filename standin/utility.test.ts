import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_APP, launchFixture, type Fixture } from './testing/fixture.ts';

const CHILD = join(FIXTURE_APP, 'child.mjs');

let fixture: Fixture;
beforeAll(async () => {
  fixture = await launchFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

describe('a utility process', { timeout: 180_000 }, () => {
  it('runs a module with arguments and environment, and talks in structured values', async () => {
    const seen = await fixture.app.evaluate(async ({ utilityProcess }, path) => {
      const env = { ...process.env, FIXTURE_SETTING: 'set' } as Record<string, string>;
      const child = utilityProcess.fork(path, ['last'], { env, serviceName: 'fixture' });
      const events: string[] = [];
      child.on('spawn', () => events.push(`spawn ${typeof child.pid}`));
      // Said before it runs: kept until it listens.
      child.postMessage(new Map([[1n, new Date(5)]]));
      const message = await new Promise<{ echo: Map<bigint, Date>; type: string }>((resolve) =>
        child.once('message', resolve),
      );
      const { echo, ...rest } = message;
      const code = new Promise((resolve) => child.once('exit', resolve));
      child.postMessage({ exit: 7 });
      return { rest, echo: echo.get(1n)?.getTime(), code: await code, events, pid: child.pid };
    }, CHILD);
    expect(seen).toStrictEqual({
      rest: { type: 'utility', argument: 'last', setting: 'set' },
      echo: 5,
      code: 7,
      events: ['spawn number'],
      pid: undefined,
    });
  });

  it('takes over one end of a message channel', async () => {
    const seen = await fixture.app.evaluate(
      async ({ utilityProcess, MessageChannelMain }, path) => {
        const child = utilityProcess.fork(path);
        const { port1, port2 } = new MessageChannelMain();
        // Written before the port is sent, before it is read, and after.
        port1.postMessage('early');
        child.postMessage('port', [port2]);
        port1.postMessage(new Uint8Array([1]));
        const heard: unknown[] = [];
        const both = new Promise<void>((resolve) =>
          port1.on('message', ({ data }) => {
            heard.push((data as { heard: unknown }).heard);
            if (heard.length === 2) resolve();
          }),
        );
        port1.start();
        await both;
        const closed = new Promise((resolve) => child.once('message', resolve));
        port1.close();
        const last = await closed;
        child.kill();
        return [heard[0], heard[1] instanceof Uint8Array, last];
      },
      CHILD,
    );
    expect(seen).toStrictEqual(['early', true, 'port closed']);
  });

  it('tells its ports and the app of a death that nobody asked for', async () => {
    const seen = await fixture.app.evaluate(
      async ({ app, utilityProcess, MessageChannelMain }, path) => {
        const child = utilityProcess.fork(path, [], { serviceName: 'Doomed' });
        const { port1, port2 } = new MessageChannelMain();
        child.postMessage('port', [port2]);
        const closed = new Promise<string>((resolve) =>
          port1.once('close', () => resolve('closed')),
        );
        const gone = new Promise<string>((resolve) =>
          app.on('child-process-gone', (_event, { type, name, reason }) => {
            if (name === 'Doomed') resolve(`${type} ${reason}`);
          }),
        );
        const code = new Promise<number>((resolve) => child.once('exit', resolve));
        await new Promise((resolve) => child.once('spawn', () => resolve(undefined)));
        child.kill();
        return Promise.all([closed, gone, code]);
      },
      CHILD,
    );
    expect(seen).toStrictEqual(['closed', 'Utility killed', 15]);
  });

  it('survives a rejection that nobody handles, as in Electron', async () => {
    const answer = await fixture.app.evaluate(async ({ utilityProcess }, path) => {
      const child = utilityProcess.fork(path, [], { stdio: 'ignore' });
      child.postMessage({ reject: true });
      const message = await new Promise((resolve) => child.once('message', resolve));
      child.kill();
      return message;
    }, CHILD);
    expect(answer).toBe('still here');
  });

  it('dies with the app, however that dies', async () => {
    const own = await launchFixture();
    const pid = await own.app.evaluate(async ({ utilityProcess }, path) => {
      const child = utilityProcess.fork(path);
      await new Promise((resolve) => child.once('spawn', () => resolve(undefined)));
      return child.pid ?? 0;
    }, CHILD);
    expect(stateOf(pid)).toMatch(/^[RSD]$/);
    own.app.process().kill('SIGKILL');
    await expect.poll(() => stateOf(pid)).toMatch(/^[ZX]?$/);
  });
});

/** The state of a process by one letter; empty when there is none. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .slice(0, 1);
  } catch {
    return '';
  }
}
