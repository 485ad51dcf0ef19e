import { expect, test } from 'vitest';
import { secretServiceFault } from './secret-service-fault.ts';

test('a binding that was not installed is an absent store', () => {
  const error = Object.assign(new Error('Cannot find native binding.'), {
    code: 'MODULE_NOT_FOUND',
  });
  expect(secretServiceFault(error)).toBe('absent');
});

test.each([
  new Error('Platform failure: DBus error: Did not receive a reply.'),
  new Error("note: Couldn't access platform storage: Secret Service: object locked"),
  'not even an error',
])('what no wording fits is a store that refuses: %s', (error) => {
  expect(secretServiceFault(error)).toBe('denied');
});
