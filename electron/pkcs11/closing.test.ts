import { beforeEach, expect, it } from 'vitest';
import { NamedModules, tokenProgram, WatchedLauncher } from '../testing/tokens/token-world.ts';
import { ForkedProcessLauncher } from './forked-process.ts';
import type { FoundModule } from './module-source.ts';
import { Tokens } from './tokens.ts';

const found: readonly FoundModule[] = [{ path: '/lib/card.so', foundBy: 'p11-kit' }];
let listing: PromiseWithResolvers<readonly FoundModule[]>;
let launcher: WatchedLauncher;
let tokens: Tokens;
beforeEach(() => {
  listing = Promise.withResolvers();
  launcher = new WatchedLauncher(new ForkedProcessLauncher({ program: tokenProgram }));
  const modules = new NamedModules();
  modules.list = () => listing.promise;
  tokens = new Tokens({ modules, launcher, report: () => undefined });
});

it('starts no process for who was looking for tokens as the wallet was closed', async () => {
  const look = tokens.watch();
  await tokens.close();
  listing.resolve(found);
  await expect(look).rejects.toMatchObject({ name: 'AbortError' });
  await expect(tokens.watch()).rejects.toMatchObject({ name: 'AbortError' });
  expect([launcher.started, tokens.modules]).toEqual([0, []]);
});

it('looks for no token to end logins that nobody can have', async () => {
  listing.resolve(found);
  const identity = { label: 'card', manufacturer: '', model: '', serial: '1' };
  await tokens.logout({ ...identity, modulePath: '/lib/card.so' });
  await tokens.logoutAll();
  expect([launcher.started, tokens.status]).toEqual([0, 'not-looked']);
  await tokens.close();
});
