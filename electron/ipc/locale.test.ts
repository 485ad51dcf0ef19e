import { describe, expect, it } from 'vitest';
import { bestLocale } from './locale.ts';

describe('bestLocale', () => {
  it.each([
    ['system', ['de-AT', 'en-US'], 'de-AT'],
    ['system', ['fr-FR', 'en-GB', 'de-DE'], 'en-GB'],
    ['system', ['fr-FR', 'it'], 'en'],
    ['system', [], 'en'],
    ['system', ['DE'], 'DE'],
    ['de', ['en-US', 'de-CH'], 'de-CH'],
    ['de', ['en-US'], 'de'],
    ['en', ['de-DE', 'den-X'], 'en'],
  ] as const)('for %s among %j is %s', (language, system, expected) => {
    expect(bestLocale(language, system)).toBe(expected);
  });
});
