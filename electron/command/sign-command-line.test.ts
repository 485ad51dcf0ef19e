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

test.each([
  ['without a file', line],
  ['with a tool that the wallet does not run', ['sign', '--with', 'sh', '--credential', 'c', 'a']],
  ['with one name for two files', [...line, '--out', 'c.exe', 'a.exe', 'b.exe']],
  ['with a timestamp server that is none', [...line, '--timestamp', 'file:///etc/passwd', 'a']],
  ['with an option in place of a file', [...line, '-in']],
  ['without a credential', ['sign', '--with', 'osslsigncode', 'a.exe']],
])('signing %s is refused', (_what, words) => {
  expect(() => readCommandLine(words)).toThrow(expect.objectContaining({ outcome: 'usage' }));
});
