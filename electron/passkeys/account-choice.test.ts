import { expect, it, vi } from 'vitest';
import { chosenAccount, type PasskeyAccount } from './account-choice.ts';

const rpId = 'ca.example';
const alex = { credentialId: 'one', name: 'alex@example.test', displayName: 'Alex' };
const again = { credentialId: 'two', name: 'alex@example.test' };

function choose(accounts: readonly PasskeyAccount[], answer = 0, relyingPartyId = rpId) {
  const ask = vi.fn((_names: readonly string[]) => Promise.resolve(answer));
  const chosen = chosenAccount({ relyingPartyId, accounts }, { rpId, unnamed: 'unnamed', ask });
  return { ask, chosen };
}

it('is the only one there is, and nobody is asked', async () => {
  const { ask, chosen } = choose([alex]);
  await expect(chosen).resolves.toBe('one');
  expect(ask).not.toHaveBeenCalled();
});

it('is the one that the person points at, of several', async () => {
  const { ask, chosen } = choose([alex, again, { credentialId: 'three' }], 1);
  await expect(chosen).resolves.toBe('two');
  expect(ask).toHaveBeenCalledWith(['Alex – alex@example.test', 'alex@example.test', 'unnamed']);
});

it('is none when the person points elsewhere, or another host asks', async () => {
  await expect(choose([alex, again], 2).chosen).resolves.toBeNull();
  await expect(choose([alex, again], -1).chosen).resolves.toBeNull();
  await expect(choose([], 0).chosen).resolves.toBeNull();
  await expect(choose([alex], 0, 'example').chosen).resolves.toBeNull();
});

it('is shown by one line that says what it says', async () => {
  const turned = `x\u202Egpj.exe\nsecond\u0000 line${'!'.repeat(200)}`;
  const { ask, chosen } = choose([{ credentialId: 'one', name: turned }, again], 1);
  await chosen;
  const [name = ''] = ask.mock.calls[0]?.[0] ?? [];
  expect(name).toMatch(/^xgpj\.exesecond line!+…$/);
  expect(name).toHaveLength(64);
});
