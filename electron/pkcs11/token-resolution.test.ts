import { expect, it } from 'vitest';
import { resolveToken, type PresentToken } from './token-resolution.ts';

const card = (
  serial: string,
  label = 'work',
  modulePath = '/a.so',
  manufacturer = 'maker',
): PresentToken => ({
  modulePath,
  identity: { label, manufacturer, model: 'model', serial },
});
const reference = ({ identity, modulePath }: PresentToken) => ({ ...identity, modulePath });

it('finds a token by its serial number, whatever is written on it by now', () => {
  const there = [card('1', 'PIV_II'), card('2', 'Maren Holt')];
  expect(resolveToken(reference(card('2', 'PIV_II')), there)).toBe(there[1]);
});

it('finds a token by another module, when the one that was used is gone', () => {
  const there = [card('1', 'work', '/b.so')];
  expect(resolveToken(reference(card('1')), there)).toBe(there[0]);
});

it('decides between equals by label, then by module', () => {
  const there = [card('1', 'play'), card('1', 'work', '/b.so'), card('1', 'work', '/a.so')];
  expect(resolveToken(reference(card('1', 'work', '/a.so')), there)).toBe(there[2]);
  expect(resolveToken(reference(card('1', 'play', '/b.so')), there)).toBe(there[0]);
});

it('does not decide where nothing decides', () => {
  const there = [card('1', 'work', '/b.so'), card('1', 'work', '/c.so')];
  expect(resolveToken(reference(card('1')), there)).toBe('ambiguous');
  expect(resolveToken(reference(card('3')), there)).toBe('not-present');
});

it.for(['', '0000000000000000'])('trusts the serial number %j only with the label', (serial) => {
  const there = [card(serial, 'chip one'), card(serial, 'chip two')];
  expect(resolveToken(reference(card(serial, 'chip two')), there)).toBe(there[1]);
  expect(resolveToken(reference(card(serial, 'chip three')), there)).toBe('not-present');
});

it('does not take the number of another maker for that of a token, unless the module is the same', () => {
  const there = [card('1', 'work', '/b.so', 'another')];
  expect(resolveToken(reference(card('1')), there)).toBe('not-present');
  expect(resolveToken(reference(card('1', 'work', '/b.so')), there)).toBe(there[0]);
  const bare = [card('', 'work', '/a.so', 'another')];
  expect(resolveToken(reference(card('')), bare)).toBe('not-present');
});
