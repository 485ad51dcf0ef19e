import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuUsage } from 'node:process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mutatedOctets } from '../../testing/hostile/mutations.ts';
import { isUnpolluted } from '../../testing/hostile/unpolluted.ts';
import { P11KitFileError, parseP11KitFile } from './p11-kit-file.ts';

const parse = (text: string | Uint8Array): unknown =>
  Object.fromEntries(parseP11KitFile('/x.module', Buffer.from(text)));

test('settings are names and values; comments and empty lines are none', () => {
  const text = [
    '# how to load it',
    '  module:   /usr/lib/module.so  ',
    '',
    '\t# again',
    'x-custom : a: b # no comment',
    'setting.2:',
    'priority:\t-3\r',
  ];
  expect(parse(text.join('\n'))).toEqual({
    module: '/usr/lib/module.so',
    'x-custom': 'a: b # no comment',
    'setting.2': '',
    priority: '-3',
  });
});

test('the last of two settings by one name counts', () => {
  expect(parse('module: a.so\nmodule: b.so')).toEqual({ module: 'b.so' });
});

test('the files of this computer are read', () => {
  const directory = '/usr/share/p11-kit/modules';
  const files = readdirSync(directory).filter((name) => name.endsWith('.module'));
  expect(files.length).toBeGreaterThan(0);
  for (const name of files) {
    expect(parse(readFileSync(join(directory, name)))).toHaveProperty('module');
  }
});

test.each([
  ['a line without a colon', 'module /usr/lib/module.so'],
  ['a section', '[module]\nmodule: x.so'],
  ['a certificate', '-----BEGIN CERTIFICATE-----'],
  ['a name with a space', 'my module: x.so'],
  ['no name', ': x.so'],
  ['NUL', 'module: x.so\0.txt'],
  ['an escape', 'module: \u001b[2J'],
  ['a form feed', 'module:\fx.so'],
])('a file with %s is refused whole', (_, text) => {
  expect(() => parse(`managed: yes\n${text}`)).toThrow(P11KitFileError);
});

test('a file that is no UTF-8, such as a library, is refused', () => {
  expect(() => parse(Uint8Array.of(0x6d, 0x3a, 0xff))).toThrow(P11KitFileError);
  expect(() => parse(readFileSync('/usr/lib/softhsm/libsofthsm2.so'))).toThrow(P11KitFileError);
});

test('names that objects inherit are settings like others', () => {
  const settings = parseP11KitFile('/x.module', Buffer.from('__proto__: polluted\nconstructor: x'));
  expect(settings.get('__proto__')).toBe('polluted');
  expect(settings.get('toString')).toBeUndefined();
});

const settingName = fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/);
const settingValue = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);

test('whatever is set is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(settingName, settingValue), { maxLength: 10 }), (settings) => {
      const text = settings.map(([name, value]) => `${name}: ${value}\n`).join('# between\n');
      expect(parseP11KitFile('/x.module', Buffer.from(text))).toEqual(new Map(settings));
    }),
    { numRuns: 1_000 },
  );
});

test('whatever a file contains, it is read or refused', () => {
  const good = Buffer.from('module: /usr/lib/module.so\npriority: 1\nenable-in: a, b\n# end\n');
  const octets = fc.oneof(mutatedOctets([good]), fc.uint8Array({ maxLength: 200 }));
  let refused = 0;
  fc.assert(
    fc.property(octets, (each) => {
      try {
        for (const [name, value] of parseP11KitFile('/x.module', each)) {
          expect(name).toMatch(/^[\w.-]+$/);
          expect(value).not.toMatch(/[\0\n]/);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(P11KitFileError);
        refused++;
      }
    }),
    { numRuns: 3_000 },
  );
  expect(refused).toBeGreaterThan(500);
  expect(isUnpolluted()).toBe(true);
});

test('a file of long lines is read in time that grows with it', () => {
  const text = `module: ${' '.repeat(30_000)}x${' '.repeat(30_000)}`;
  const started = cpuUsage();
  expect(parse(text)).toEqual({ module: 'x' });
  expect(() => parse('a'.repeat(60_000))).toThrow(P11KitFileError);
  expect(() => parse(`a${' '.repeat(60_000)}b`)).toThrow(P11KitFileError);
  expect(cpuUsage(started).user).toBeLessThan(2_000_000);
});
