import { describe, expect, it } from 'vitest';
import { escaped, needsEscapes } from './escaped.ts';

describe('a text that is not made of what it looks like', () => {
  it('is one with letters of several scripts, or with a space that is another one', () => {
    const names = ['Ex\u0430mple Corp', 'Example\u00a0Corp', 'Example\u2003Corp', 'Kim\u2800'];
    expect(names.map(needsEscapes)).toEqual([true, true, true, true]);
    expect(['Example Corp', 'Bücher GmbH', 'corp.example'].map(needsEscapes)).toEqual([
      ...[false, false, false],
    ]);
  });

  it('has everything beyond ASCII by its number', () => {
    expect(escaped('Example\u00a0Corp')).toBe(String.raw`Example\u00a0Corp`);
  });
});
