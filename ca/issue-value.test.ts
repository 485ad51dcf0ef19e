import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issuerOf, readIssueValue } from './issue-value.ts';

const none = { parameters: [] };

describe('an issue value', () => {
  it.each([
    ['ca.example', { issuer: 'ca.example', ...none }],
    [' CA.Example. ', { issuer: 'ca.example', ...none }],
    ['ca.example;', { issuer: 'ca.example', ...none }],
    [';', { issuer: '', ...none }],
    ['', { issuer: '', ...none }],
    [
      'ca.example; accounturi = https://ca.example/1;\tPolicy=wildcard ',
      {
        issuer: 'ca.example',
        parameters: [
          { tag: 'accounturi', value: 'https://ca.example/1' },
          { tag: 'policy', value: 'wildcard' },
        ],
      },
    ],
    ['; a-b=', { issuer: '', parameters: [{ tag: 'a-b', value: '' }] }],
    ['ca.example; a=b=c', { issuer: 'ca.example', parameters: [{ tag: 'a', value: 'b=c' }] }],
  ])('is read from %j', (text, value) => {
    expect(readIssueValue(text)).toEqual(value);
  });

  it.each([
    'two words',
    'ca_1.example',
    '-ca.example',
    'ca..example',
    'ca.example; a=b;',
    'ca.example; a=b;; c=d',
    'ca.example; lonely',
    'ca.example; =b',
    'ca.example; a=b c',
    'ca.example; a=\u00e9',
    'ca.example; a b=c',
    `${'a.'.repeat(127)}example`,
  ])('is not %j', (text) => {
    expect(readIssueValue(text)).toBeUndefined();
  });

  it('has an issuer even where the rest is malformed', () => {
    expect(issuerOf(' CA.Example. ; what?')).toBe('ca.example');
  });

  it('is read or refused, whatever the text, and quickly', () => {
    const started = performance.now();
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'binary' }), (text) => {
        const value = readIssueValue(text);
        expect(value === undefined || value.issuer === issuerOf(text)).toBe(true);
      }),
    );
    readIssueValue(`${'a'.repeat(200)}!`);
    readIssueValue(`x;${'a-'.repeat(50_000)}=`);
    readIssueValue(`x;${'a'.repeat(50_000)}!=`);
    readIssueValue(`x;a=${'\t'.repeat(50_000)}!`);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
