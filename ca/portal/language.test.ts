import { expect, test } from 'vitest';
import { preferredLanguage } from './language.ts';

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['en-GB,de;q=0.5', 'en'],
  ['fr,de;q=0.5,en;q=0.4', 'de'],
  ['fr, *;q=0.1', 'en'],
  ['de;q=0', 'en'],
  ['DEUTSCH', 'en'],
  ['de;q=abc', 'de'],
  [`${'x,'.repeat(5000)}de`, 'en'],
])('Accept-Language %j is answered in %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});
