import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { WatchedLauncher } from '../testing/tokens/token-world.ts';
import { ForkedProcessLauncher } from './forked-process.ts';
import { newModule } from './module-state.ts';
import type { TokenProcessLauncher } from './token-child.ts';
import { TokenProcess } from './token-process.ts';
import { usualDeadlines } from './deadlines.ts';
import { WatchedModule } from './watched-module.ts';

const program = fileURLToPath(new URL('../testing/tokens/lying-token-process.ts', import.meta.url));
const modulePath = '/usr/lib/lying.so';

/** Real processes, with the names that they were started by. */
class NamedLauncher extends WatchedLauncher {
  readonly names: string[] = [];

  override start(path: string, name: string): ReturnType<TokenProcessLauncher['start']> {
    this.names.push(name);
    return super.start(path, name);
  }
}

const ended: ('crashed' | 'hung')[] = [];
const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
  ended.length = 0;
});

const launcherWith = (lie: string): NamedLauncher =>
  new NamedLauncher(new ForkedProcessLauncher({ program, env: { ...process.env, LIE: lie } }));

function processWith(launcher: TokenProcessLauncher): TokenProcess {
  const started = new TokenProcess({
    ...{ modulePath, launcher, deadlines: usualDeadlines },
    onSlotsChanged: () => undefined,
    onEnd: (reason) => ended.push(reason),
  });
  open.push(started);
  return started;
}

const look = (asked: TokenProcess): Promise<unknown> =>
  asked.call({ name: 'inventory', input: {} });

describe('a token process that a module has taken over', () => {
  it.for([
    [
      'octets that end a process which reads them by the channel of Node',
      '000000080100000000000000',
    ],
    ['a length without end', 'ffffffff'],
    ['a message of Node for itself', Buffer.from('{"cmd":"NODE_HANDLE_ACK"}\n').toString('hex')],
    ['a frame without JSON', '0000000800000004deadbeef'],
  ])('writes %s: the call ends, and the process', async ([, octets]) => {
    const launcher = launcherWith(`octets ${octets}`);
    const asked = processWith(launcher);
    await expect(look(asked)).rejects.toMatchObject({ code: 'token-module', reason: 'crashed' });
    await expect.poll(() => launcher.running.size).toBe(0);
    expect(launcher.said).toEqual([null]);
  });

  it('is started by the name of its file, whatever the module calls itself', async () => {
    const launcher = launcherWith('name');
    const asked = processWith(launcher);
    await look(asked);
    expect(asked.name).toBe('x\0--inspect');
    await expect.poll(() => ended).toEqual(['crashed']);
    await look(asked);
    expect(launcher.names).toEqual(['lying.so', 'lying.so']);
  });

  it('costs the call alone when it cannot even be started', async () => {
    const impossible = { start: () => launcherWith('').start(modulePath, 'x\0y') };
    await expect(look(processWith(impossible))).rejects.toMatchObject({
      ...{ code: 'token-module', reason: 'crashed' },
    });
  });
});

describe('a request that no token process takes', () => {
  it('is refused before anything is started', async () => {
    const launcher = launcherWith('');
    const token = { label: 'l', manufacturer: 'm', model: 'o', serial: 's' };
    const chain = Array.from({ length: 17 }, () => new Uint8Array(1));
    const input = { ...{ slot: '00000000', token, id: 'aa', label: 'x', chain } };
    const asked = processWith(launcher).call({
      name: 'writeCertificates',
      input: { ...input, certificate: new Uint8Array(1) },
    });
    await expect(asked).rejects.toMatchObject({ code: 'token', reason: 'refused' });
    expect(launcher.started).toBe(0);
  });
});

describe('a module', () => {
  const watched = (launcher: TokenProcessLauncher): WatchedModule => {
    const found = { path: modulePath, foundBy: 'p11-kit' } as const;
    const deadlines = usualDeadlines;
    const quiet = { onChange: () => undefined, report: () => undefined };
    const module = new WatchedModule({ found, launcher, deadlines, ...quiet });
    expect(module.state).toEqual(newModule(found));
    open.push(module);
    return module;
  };

  it('that tells of something without end is looked at now and then', async () => {
    const launcher = launcherWith('flood');
    const module = watched(launcher);
    await module.look();
    await delay(2_000);
    const events = launcher.said.filter((each) => isObject(each) && 'event' in each);
    const looks = launcher.said.length - events.length - 1;
    expect(events.length).toBeGreaterThan(100);
    expect(looks).toBeGreaterThan(1);
    expect(looks).toBeLessThan(8);
    await module.look();
    expect(module.state.status).toBe('ready');
  });

  it('that ends after each look is started less and less often', async () => {
    const launcher = launcherWith('end');
    await watched(launcher).look();
    // With the same pause each time it would be a dozen.
    await delay(4_000);
    expect(launcher.started).toBeGreaterThan(1);
    expect(launcher.started).toBeLessThan(7);
  });
});

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
