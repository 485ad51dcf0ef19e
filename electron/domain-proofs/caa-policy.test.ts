import { cpuUsage } from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIssuerName, readIssueValue } from './caa-issue-value.ts';
import { caaRefusalOf, type IssuanceWish } from './caa-policy.ts';
import { readCaa, type CaaProperty } from './caa-property.ts';

const accountUrl = 'https://ca.example/acct/1';
const wish = {
  identities: ['ca.example', 'authority.example'],
  accountUrl,
  methods: ['dns-01'],
  wildcard: false,
} as const satisfies IssuanceWish & { wildcard: boolean };

const property = (tag: string, value: string, critical = false): CaaProperty => {
  return { tag, value, critical };
};
const issue = (value: string): CaaProperty => property('issue', value);
const issuewild = (value: string): CaaProperty => property('issuewild', value);

const faultOf = (...properties: (CaaProperty | undefined)[]) =>
  caaRefusalOf(properties, wish)?.fault ?? 'none';
const wildcardFaultOf = (...properties: CaaProperty[]) =>
  caaRefusalOf(properties, { ...wish, wildcard: true })?.fault ?? 'none';

const octets = (flags: number, tag: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([flags, tag.length]), Buffer.from(tag + value, 'latin1')]);

describe('a CAA record', () => {
  it('is flags, a tag and a value', () => {
    expect(readCaa(octets(0, 'issue', 'ca.example'))).toEqual(issue('ca.example'));
    expect(readCaa(octets(0, 'IssueWild', ''))).toEqual(issuewild(''));
  });

  it('is critical by its highest flag alone', () => {
    expect(readCaa(octets(0x80, 'issue', ';'))?.critical).toBe(true);
    expect(readCaa(octets(0x7f, 'issue', ';'))?.critical).toBe(false);
    expect(readCaa(octets(0xff, 'issue', ';'))?.critical).toBe(true);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['flags only', Buffer.from([0])],
    ['an empty tag', octets(0, '', 'ca.example')],
    ['a tag that goes on after the record', Buffer.from([0, 6, 0x69, 0x73])],
    ['a tag with a hyphen', octets(0, 'is-sue', 'ca.example')],
    ['a tag that is no text', octets(0, 'issu\xe9', 'ca.example')],
  ])('of %s is none', (_name, data) => {
    expect(readCaa(data)).toBeUndefined();
  });
});

describe('an issue value', () => {
  // RFC 8659 §4.2, with the examples of §4.2 and RFC 8657 §6.
  it.each([
    ['ca1.example.net', 'ca1.example.net', []],
    [' \tCA1.Example.net \t', 'ca1.example.net', []],
    ['ca1.example.net;', 'ca1.example.net', []],
    ['ca1.example.net ; account=230123', 'ca1.example.net', [['account', '230123']]],
    [
      'ca.example; a = 1 ;b=',
      'ca.example',
      [
        ['a', '1'],
        ['b', ''],
      ],
    ],
    [
      'ca.example; a-b=x==;A-B=y',
      'ca.example',
      [
        ['a-b', 'x=='],
        ['a-b', 'y'],
      ],
    ],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', []],
    ['', '', []],
    [';', '', []],
    ['; a=1', '', [['a', '1']]],
  ])('%j names %j', (text, issuer, parameters) => {
    const read = readIssueValue(text);
    expect(read.issuer).toBe(issuer);
    expect(read.parameters.map(({ tag, value }) => [tag, value])).toEqual(parameters);
  });

  it.each([
    '%%%%%',
    'ca.example.',
    '.ca.example',
    'ca..example',
    '-ca.example',
    'ca-.example',
    'ca_1.example',
    'ca.example other.example',
    'ca.example a=1',
    'ca.example; a',
    'ca.example; =1',
    'ca.example; a=1;',
    'ca.example;;',
    'ca.example; a=1 2',
    'ca.example; a-=1',
    'ca.example\n',
    'c\xe4.example',
    'ca.example; a=\x00',
  ])('%j is malformed and lets nobody issue', (text) => {
    expect(readIssueValue(text)).toEqual({ issuer: '', parameters: [] });
    expect(faultOf(issue(text))).toBe('issuer');
  });

  it('is read in no time, however it is made', () => {
    const long = 65_000;
    for (const text of [
      ' '.repeat(long) + 'x' + ' '.repeat(long) + '\x01',
      `a${'-'.repeat(long)}`,
      'a.'.repeat(long / 2),
      `ca.example; a${' '.repeat(long)}!`,
      `ca.example${'; a=1'.repeat(long / 5)};`,
    ]) {
      const start = cpuUsage();
      expect(readIssueValue(text).issuer).toBe('');
      expect(cpuUsage(start).user).toBeLessThan(1_000_000);
    }
  });

  it('comes back as it was written', () => {
    const label = fc.stringMatching(/^[a-z0-9](-{0,2}[a-z0-9]){0,10}$/);
    const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((each) => each.join('.'));
    const parameter = fc.record({ tag: label, value: fc.stringMatching(/^[!-:<-~]{0,30}$/) });
    const space = fc.stringMatching(/^[ \t]{0,3}$/);
    fc.assert(
      fc.property(name, fc.array(parameter, { maxLength: 4 }), space, (issuer, parameters, gap) => {
        const written = parameters.map(({ tag, value }) => `${tag}${gap}=${gap}${value}`);
        const text = gap + [issuer, ...written].join(`${gap};${gap}`) + gap;
        expect(readIssueValue(text)).toEqual({ issuer, parameters });
      }),
    );
  });
});

describe('a set of records', () => {
  it('lets whom it names issue, by any of the CA’s names, and nobody else', () => {
    expect(faultOf(issue('ca.example'))).toBe('none');
    expect(faultOf(issue('Authority.Example'))).toBe('none');
    expect(faultOf(issue('stranger.example'))).toBe('issuer');
    expect(faultOf(issue('sub.ca.example'))).toBe('issuer');
    expect(faultOf(issue('stranger.example'), issue('ca.example'))).toBe('none');
    expect(faultOf(issue(';'))).toBe('issuer');
    expect(faultOf(issue(';'), issue('ca.example'))).toBe('none');
  });

  it('without a word about issuing restricts nobody', () => {
    expect(faultOf(property('iodef', 'mailto:security@example.test'))).toBe('none');
    expect(faultOf(property('iodef', 'mailto:security@example.test', true))).toBe('none');
    expect(faultOf(property('issuemail', ';', true))).toBe('none');
    expect(faultOf(issuewild(';'))).toBe('none');
    expect(faultOf(property('future', 'x'))).toBe('none');
  });

  it('says about wildcards first what it says about them alone', () => {
    expect(wildcardFaultOf(issue('ca.example'))).toBe('none');
    expect(wildcardFaultOf(issue(';'))).toBe('issuer');
    expect(wildcardFaultOf(issue('ca.example'), issuewild(';'))).toBe('issuer');
    expect(wildcardFaultOf(issue(';'), issuewild('ca.example'))).toBe('none');
    const refusal = { fault: 'issuer', tag: 'issuewild' };
    expect(caaRefusalOf([issuewild(';')], { ...wish, wildcard: true })).toEqual(refusal);
  });

  it('forbids by a critical property that is not known, and by what cannot be read', () => {
    expect(faultOf(issue('ca.example'), property('future', 'x', true))).toBe('critical');
    expect(faultOf(issue('ca.example'), undefined)).toBe('unreadable');
    expect(faultOf(property('issue', 'ca.example', true))).toBe('none');
  });

  // RFC 8657 §3
  it('can mean one account of the CA', () => {
    expect(faultOf(issue(`ca.example; accounturi=${accountUrl}`))).toBe('none');
    expect(faultOf(issue(`ca.example; accounturi=${accountUrl}2`))).toBe('account');
    expect(faultOf(issue(`ca.example; accounturi=${accountUrl.toUpperCase()}`))).toBe('account');
    expect(faultOf(issue('ca.example; accounturi='))).toBe('account');
    const twice = `ca.example; accounturi=${accountUrl}; accounturi=${accountUrl}`;
    expect(faultOf(issue(twice))).toBe('account');
    const one = issue(`ca.example; accounturi=${accountUrl}`);
    expect(caaRefusalOf([one], { ...wish, accountUrl: undefined })?.fault).toBe('account');
    expect(faultOf(issue('ca.example; accounturi=x'), issue('ca.example'))).toBe('none');
  });

  // RFC 8657 §4
  it('can mean some ways of proving', () => {
    expect(faultOf(issue('ca.example; validationmethods=dns-01'))).toBe('none');
    expect(faultOf(issue('ca.example; validationmethods=http-01,dns-01'))).toBe('none');
    expect(faultOf(issue('ca.example; validationmethods=http-01'))).toBe('method');
    expect(faultOf(issue('ca.example; validationmethods='))).toBe('method');
    expect(faultOf(issue('ca.example; validationmethods=dns-01,,'))).toBe('method');
    expect(faultOf(issue('ca.example; validationmethods=dns-01/x,dns-01'))).toBe('method');
    const twice = 'ca.example; validationmethods=dns-01; validationmethods=dns-01';
    expect(faultOf(issue(twice))).toBe('method');
  });

  it('with parameters that nobody knows here is read without them', () => {
    expect(faultOf(issue('ca.example; policy=ev'))).toBe('none');
  });

  it('says what is missing by the record that comes closest', () => {
    const others = [issue('stranger.example'), issue('ca.example; accounturi=x')];
    expect(faultOf(...others)).toBe('account');
    expect(faultOf(...others, issue('ca.example; validationmethods=http-01'))).toBe('method');
  });
});

it('a CA is named as domains are', () => {
  expect(['ca.example', 'localhost', 'CA.example'].every(isIssuerName)).toBe(true);
  const odd = ['', 'ca example', 'ca.example;', '"', 'https://ca.example', 'ca_'];
  expect(odd.some(isIssuerName)).toBe(false);
});

describe('whatever stands in a record', () => {
  const anything = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
  const nearly = fc
    .tuple(fc.constantFrom('issue', 'issuewild', 'iodef', 'x'), fc.string({ maxLength: 80 }))
    .map(([tag, value]) => octets(0, tag, value));

  it('is read or refused, and permits nobody whom it does not name', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, nearly), { maxLength: 5 }), (records) => {
        const properties = records.map(readCaa);
        const deciding = properties.some((each) => each === undefined || each.tag === 'issue');
        const named = records.some((each) =>
          wish.identities.some((name) => each.toString('latin1').toLowerCase().includes(name)),
        );
        if (deciding && !named) expect(caaRefusalOf(properties, wish)).toBeDefined();
      }),
      { numRuns: 3_000 },
    );
  });

  it('never permits more because of a record for somebody else', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (value) => {
        fc.pre(!value.toLowerCase().includes('ca.example'));
        expect(faultOf(issue(`stranger.example; ${value}`))).toBe('issuer');
      }),
    );
  });
});
