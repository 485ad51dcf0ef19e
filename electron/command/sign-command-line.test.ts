import { expect, test } from 'vitest';
import { readCommandLine } from './command-line.ts';

const line = ['sign', '--with', 'osslsigncode', '--credential', 'c1'];

test('signing names a tool, a credential and files, also such as look like options', () => {
  expect(readCommandLine([...line, '--pin-fd', '3', 'a.exe', '--', '-in'])).toMatchObject({
    ...{ name: 'sign', tool: 'osslsigncode', credentialId: 'c1', pinFd: 3 },
    ...{ files: ['a.exe', '-in'], acceptFinalTry: false },
  });
  const words = [...line, '--timestamp', 'none', '--out', 'b.exe', 'a.exe'];
  expect(readCommandLine(words)).toMatchObject({ timestamp: 'none', out: 'b.exe' });
});

const once = ['sign', '--once', '--with', 'osslsigncode', '--organization', 'o', '--offer', 'f'];

test('signing once names an offer in place of a credential, and asks others only when told to', () => {
  const named = { name: 'sign-once', organizationId: 'o', offerId: 'f', files: ['a.exe'] };
  expect(readCommandLine([...once, 'a.exe'])).toEqual({ ...named, json: false });
  const asking = [...once, '--wait', '--reason', 'Nightly build', 'a.exe'];
  expect(readCommandLine(asking)).toMatchObject({ ...named, asks: { reason: 'Nightly build' } });
});

test.each([
  ['without a file', line],
  ['once by a credential', [...once, '--credential', 'c', 'a.exe']],
  [
    'once by a program that reads tokens',
    [...once.slice(0, 3), 'jarsigner', ...once.slice(4), 'a'],
  ],
  ['once under no offer', ['sign', '--once', '--with', 'osslsigncode', '--organization', 'o', 'a']],
  ['once with a reason that nobody reads', [...once, '--reason', 'r', 'a.exe']],
  ['once with a reason in two lines', [...once, '--wait', '--reason', 'a\nb', 'a.exe']],
  ['once with a reason that is turned round', [...once, '--wait', '--reason', 'a\u202eb', 'a.exe']],
  ['as once and not', [...line, '--wait', 'a.exe']],
  ['with a tool that the wallet does not run', ['sign', '--with', 'sh', '--credential', 'c', 'a']],
  ['with one name for two files', [...line, '--out', 'c.exe', 'a.exe', 'b.exe']],
  ['with a timestamp server that is none', [...line, '--timestamp', 'file:///etc/passwd', 'a']],
  ['with an option in place of a file', [...line, '-in']],
  ['without a credential', ['sign', '--with', 'osslsigncode', 'a.exe']],
])('signing %s is refused', (_what, words) => {
  expect(() => readCommandLine(words)).toThrow(expect.objectContaining({ outcome: 'usage' }));
});
