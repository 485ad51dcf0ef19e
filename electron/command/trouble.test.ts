import { expect, it } from 'vitest';
import { ModuleError, TokenError } from '../pkcs11/token-error.ts';
import { Output } from './output.ts';
import { troubleIn } from './trouble.ts';

function told(json: boolean, error: unknown): string {
  let text = '';
  const unread = new AbortController().signal;
  const streams = { out: () => undefined, error: (said: string) => void (text += said), unread };
  troubleIn(new Output(streams, json))('looking at the tokens of a module', error);
  return text;
}

const broken = new ModuleError({ reason: 'dependency-missing', path: '/lib/m.so' });

it('names a module that cannot start in one line, without saying where in the program', () => {
  expect(told(false, broken)).toMatch(/^\/lib\/m\.so: [^\n]+\n$/);
  expect(told(false, broken)).not.toMatch(/trouble\.test|ModuleError/);
});

it.each([
  broken,
  new TokenError({ reason: 'busy', module: 'OpenSC' }, 'looking at it'),
  new Error('mac=hunter2'),
  undefined,
])('tells %s as one object where objects are wanted', (error) => {
  const [line = '', ...others] = told(true, error).split('\n');
  expect(others).toEqual(['']);
  expect(JSON.parse(line)).toMatchObject({
    ...{ event: 'trouble', doing: 'looking at the tokens of a module' },
  });
  expect(line).not.toContain('hunter2');
});

it('has the path of the module in the object', () => {
  expect(JSON.parse(told(true, broken))).toMatchObject({
    failure: { code: 'token-module', reason: 'dependency-missing', path: '/lib/m.so' },
  });
});
