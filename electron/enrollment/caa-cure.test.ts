import { expect, it } from 'vitest';
import { caaRefusalOf, type IssuanceWish } from '../domain-proofs/caa-policy.ts';
import type { CaaProperty } from '../domain-proofs/caa-property.ts';
import { cureFor, type Refused } from './caa-cure.ts';
import { domainChallengeTypes } from './challenges/challenge-types.ts';

const issuer = 'ca.example';
const accountUrl = 'https://ca.example/acct/1';
const wish: IssuanceWish = { identities: [issuer], accountUrl, methods: domainChallengeTypes };
const property = (tag: string, value: string): CaaProperty => ({ critical: false, tag, value });

const refused = (fault: Refused['fault']): Refused => {
  return { verdict: 'refused', at: 'a.example', tag: 'issue', fault };
};

it.each([
  ['another CA', false, [property('issue', 'stranger.example')]],
  ['nobody', false, [property('issue', ';')]],
  ['nobody for wildcards', true, [property('issuewild', ';'), property('issue', issuer)]],
  ['another account', false, [property('issue', `${issuer}; accounturi=${accountUrl}1`)]],
  ['other proofs', false, [property('issue', `${issuer}; validationmethods=http-01`)]],
] as const)('a record that names %s is cured by another beside it', (_name, wildcard, set) => {
  const refusal = caaRefusalOf(set, { ...wish, wildcard });
  const cure =
    refusal && cureFor({ verdict: 'refused', at: 'a.example', ...refusal }, { issuer, accountUrl });
  if (cure === undefined) throw new Error('there is no cure');
  expect(
    caaRefusalOf([...set, property(cure.tag, cure.value)], { ...wish, wildcard }),
  ).toBeUndefined();
});

it('a record that forbids by itself has none', () => {
  expect(cureFor(refused('critical'), { issuer, accountUrl })).toBeUndefined();
  expect(cureFor(refused('unreadable'), { issuer, accountUrl })).toBeUndefined();
});

it('the account is named, unless its URL would say something else in a record', () => {
  const valueFor = (url: string | undefined) =>
    cureFor(refused('account'), { issuer, accountUrl: url })?.value;
  expect(valueFor(accountUrl)).toBe(`ca.example; accounturi=${accountUrl}`);
  for (const odd of [undefined, '', `${accountUrl};x`, `${accountUrl}"`, `${accountUrl}?\\`])
    expect(valueFor(odd)).toBe('ca.example');
});
