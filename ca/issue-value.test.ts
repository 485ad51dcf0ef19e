import { cpuUsage } from 'node:process';
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

  it('is read or refused, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (text) => {
        const value = readIssueValue(text);
        expect(value === undefined || value.issuer === issuerOf(text)).toBe(true);
      }),
    );
  });

  it.each([
    ['a long name', `${'a'.repeat(60_000)}!`],
    ['many hyphens', `x;${'a-'.repeat(30_000)}=`],
    ['a long tag', `x;${'a'.repeat(60_000)}!=`],
    ['much white space', `x;a=${'\t'.repeat(60_000)}!`],
    ['much white space before the end', `x;a=b${' '.repeat(60_000)}c`],
    ['many parameters', `x${';a=b'.repeat(15_000)};`],
  ])('does not keep the server busy with %s', (_name, text) => {
    const started = cpuUsage();
    readIssueValue(text);
    // The square of these lengths would be many seconds.
    expect(cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});
