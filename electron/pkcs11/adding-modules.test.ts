import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { NamedModules, tokenProgram, WatchedLauncher } from '../testing/tokens/token-world.ts';
import { ForkedProcessLauncher } from './forked-process.ts';
import type { FoundModule } from './module-source.ts';
import type { TokenProcessLauncher } from './token-child.ts';
import { ModuleError } from './token-error.ts';
import { Tokens } from './tokens.ts';

const slow = '/lib/slow.so';

let hsm: SoftHsm;
let modules: NamedModules;
let launcher: WatchedLauncher;
let tokens: Tokens;
beforeAll(async () => {
  hsm = await SoftHsm.create('work');
});
afterAll(() => hsm.stop());
beforeEach(() => {
  modules = new NamedModules();
  const env = { ...process.env, ...hsm.env };
  const real = new ForkedProcessLauncher({ program: tokenProgram, env });
  launcher = new WatchedLauncher(silentFor(slow, real));
  tokens = new Tokens({ modules, launcher, report: () => undefined });
});
afterEach(() => tokens.close());

/** A process that never answers, in place of the one for that module. */
function silentFor(path: string, others: TokenProcessLauncher): TokenProcessLauncher {
  const silent = {
    post: () => undefined,
    onMessage: () => undefined,
    onExit: () => undefined,
    kill: () => undefined,
  };
  return { start: (each, name) => (each === path ? silent : others.start(each, name)) };
}

const shown = () => tokens.modules.map(({ path, status }) => [path, status]);

it('waits for the module that is added, and for no other', async () => {
  modules.list = () => Promise.resolve([{ path: slow, foundBy: 'p11-kit' }]);
  await tokens.addModule(hsm.modulePath);
  expect(tokens.status).toBe('looking');
  expect(shown()).toEqual([
    [slow, 'starting'],
    [hsm.modulePath, 'ready'],
  ]);
});

it('looks anew at a known module that could not serve before, and at no other', async () => {
  const path = hsm.modulePath;
  const failure = new ModuleError({ reason: 'unsafe', path });
  const found: readonly FoundModule[] = [
    { path, foundBy: 'well-known', failure },
    { path: '/lib/gone.so', foundBy: 'person', failure },
  ];
  let lists = 0;
  modules.list = () => {
    lists += 1;
    return Promise.resolve(found);
  };
  await tokens.watch();
  expect([shown()[0], launcher.started]).toEqual([[path, 'failed'], 0]);
  await tokens.addModule(path);
  expect(new Map(shown().map(([each, status]) => [each, status]))).toEqual(
    new Map([
      [path, 'ready'],
      ['/lib/gone.so', 'failed'],
    ]),
  );
  expect([lists, launcher.started]).toEqual([1, 1]);
});

it('starts a known module again whose process has ended', async () => {
  modules.list = () => Promise.resolve([{ path: hsm.modulePath, foundBy: 'p11-kit' }]);
  await tokens.watch();
  const [child] = launcher.running;
  const isOver = new Promise<void>((resolve) => child?.onExit(resolve));
  child?.kill();
  await isOver;
  expect(shown()).toEqual([[hsm.modulePath, 'failed']]);
  await tokens.addModule(hsm.modulePath);
  expect(shown()).toEqual([[hsm.modulePath, 'ready']]);
});
