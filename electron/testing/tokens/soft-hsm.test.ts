import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { LoadedModule, returnValueOf } from './loaded-module.ts';
import { SoftHsm } from './soft-hsm.ts';

test('a module sees the tokens of one SoftHSM, by the serial numbers that it said', async () => {
  await using hsm = await SoftHsm.create('work', { label: 'work', pin: '4711' });
  await using other = await SoftHsm.create('elsewhere');
  using module = new LoadedModule(hsm.modulePath, hsm.env);
  const seen = module.slots.map((slot) => module.pkcs11.C_GetTokenInfo(slot));
  const named = seen.filter(({ label }) => label.trim() !== '');
  expect(named.map(({ serialNumber }) => serialNumber.trim()).sort()).toEqual(
    hsm.tokens.map(({ serial }) => serial).sort(),
  );
  expect(named.map(({ label }) => label.trim())).toEqual(['work', 'work']);
  expect(other.tokens).toHaveLength(1);
});

test('a token opens with its own PIN only', async () => {
  await using hsm = await SoftHsm.create({ label: 'work', pin: '4711' });
  using module = new LoadedModule(hsm.modulePath, hsm.env);
  expect(returnValueOf(() => module.open('123456'))).toBe('CKR_PIN_INCORRECT');
  expect(returnValueOf(() => module.open('4711'))).toBe('CKR_OK');
});

test('stopping takes the folder away', async () => {
  const hsm = await SoftHsm.create('work');
  const folder = dirname(hsm.env['SOFTHSM2_CONF'] ?? '');
  expect(existsSync(folder)).toBe(true);
  await hsm.stop();
  expect(existsSync(folder)).toBe(false);
});
