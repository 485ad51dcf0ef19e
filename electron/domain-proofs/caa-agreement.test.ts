import fc from 'fast-check';
import { expect, it } from 'vitest';
import { caaRefusal } from '../../ca/caa-rules.ts';
import { caaRefusalOf } from './caa-policy.ts';
import type { CaaProperty } from './caa-property.ts';

// The CA has been written apart from the wallet, after the same documents: what both make of a record is no slip of one.

const identities = ['ca.example', 'authority.example'];
const accountUrl = 'https://ca.example/acct/1';
const method = 'dns-01';

const space = fc.constantFrom('', ' ', '\t ');
const parameter = fc.oneof(
  fc.constantFrom('policy=ev', 'x=', 'novalue', '=1', 'a b=1', 'x=1 2', ''),
  fc.constantFrom(accountUrl, 'https://ca.example/acct/2', '').map((uri) => `accounturi=${uri}`),
  fc
    .uniqueArray(fc.constantFrom('dns-01', 'http-01', 'dns-account-01'), { minLength: 1 })
    .map((list) => `ValidationMethods = ${list.join(',')}`),
);
const issuer = fc.constantFrom(
  ...['ca.example', 'CA.Example', 'authority.example', 'stranger.example', 'sub.ca.example'],
  ...['', '%%%', 'ca..example', '-ca.example', 'ca.example stranger.example', 'c_a.example'],
);
const value = fc
  .tuple(space, issuer, fc.array(parameter, { maxLength: 3 }), space)
  .map(([gap, name, parameters, end]) => gap + [name, ...parameters].join(`${gap};${gap}`) + end);
const property: fc.Arbitrary<CaaProperty> = fc.record({
  critical: fc.boolean(),
  tag: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('issue', 'issuewild') },
    { weight: 1, arbitrary: fc.constantFrom('iodef', 'issuemail', 'future') },
  ),
  value,
});

it('the wallet foresees what the CA of this project says to the same records', () => {
  const verdicts = { allowed: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(property, { maxLength: 4 }), fc.boolean(), (records, wildcard) => {
      const asked = { identities, accountUrl, wildcard };
      const foreseen = caaRefusalOf(records, { ...asked, methods: [method] }) === undefined;
      const said = caaRefusal(records, { ...asked, method }) === undefined;
      verdicts[said ? 'allowed' : 'refused'] += 1;
      expect(foreseen).toBe(said);
    }),
    { numRuns: 5_000 },
  );
  // Neither of them only says no.
  expect(Math.min(verdicts.allowed, verdicts.refused)).toBeGreaterThan(500);
});
