import { readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { enrollmentProfile } from '../../shared/models/enrollment-profile.ts';

const documents = path.join(import.meta.dirname, '..', '..', 'docs');

describe('docs/enrollment-profile', () => {
  // After a change of the schema: vitest run electron/organizations/profile-schema.test.ts --update=all
  it('.schema.json is what the code reads', async () => {
    const schema = {
      title: 'Countersign enrollment profile, version 1',
      description:
        'Beyond this schema: texts hold no control characters, URLs no credentials, and braces only placeholders.',
      ...z.toJSONSchema(enrollmentProfile, { io: 'input' }),
    };
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 100 });
    await expect(text).toMatchFileSnapshot(path.join(documents, 'enrollment-profile.schema.json'));
  });

  it('.md shows a profile that is one', () => {
    const page = readFileSync(path.join(documents, 'enrollment-profile.md'), 'utf8');
    const [, example = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
    expect(enrollmentProfile.safeParse(JSON.parse(example)).error).toBeUndefined();
  });

  it('.md names every member of the schema', () => {
    const page = readFileSync(path.join(documents, 'enrollment-profile.md'), 'utf8');
    const { credentials, organization } = enrollmentProfile.shape;
    const members = [
      ...Object.keys(enrollmentProfile.shape),
      ...Object.keys(organization.shape),
      ...Object.keys(credentials.element.shape),
    ];
    for (const member of members) expect(page).toMatch(new RegExp(`\\b${member}\\b`));
  });
});

/** An offer that has everything that leads into other programs' settings. */
const offer = {
  id: 'wifi',
  name: { en: 'Wi-Fi' },
  purpose: 'client',
  identifiers: [{ type: 'email', value: '{subject.email}' }],
  key: { types: ['P-256'], places: ['software'] },
};
const network = {
  target: 'eap-tls',
  ssids: ['Northlight'],
  wired: false,
  serverNames: ['radius.example.org'],
  serverRoots: ['AAAA'],
  outerIdentity: 'anonymous@example.org',
};
const accepts = (members: object): boolean => {
  const { credentials } = enrollmentProfile.shape;
  return credentials.element.safeParse({ ...offer, ...members }).success;
};
const acceptsNetwork = (members: object): boolean =>
  accepts({ install: [{ ...network, ...members }] });
const without = (member: keyof typeof network): object => ({ [member]: undefined });

describe('a network', () => {
  it('is accepted with names, roots and nobody’s name, on the air and in the wall', () => {
    expect(acceptsNetwork({})).toBe(true);
    expect(acceptsNetwork({ ssids: ['Café ☕', 'x'.repeat(32)] })).toBe(true);
    expect(acceptsNetwork({ ssids: [], wired: true })).toBe(true);
    expect(acceptsNetwork({ outerIdentity: '@example.org' })).toBe(true);
  });

  it.each(['serverNames', 'serverRoots', 'outerIdentity'] as const)(
    'is refused without %s: anybody could take the place of its server, or hear who comes',
    (member) => {
      expect(acceptsNetwork(without(member))).toBe(false);
      expect(acceptsNetwork({ [member]: [] })).toBe(false);
      expect(acceptsNetwork({ [member]: '' })).toBe(false);
    },
  );

  it.each([
    ['more than 32 octets', 'é'.repeat(17)],
    ['33 octets', 'x'.repeat(33)],
    ['nothing', ''],
    ['a line', 'Northlight\nnetwork={'],
    ['a carriage return', 'Northlight\r'],
    ['NUL', 'Northlight\0'],
    ['half of a character', 'Northlight\ud800'],
    ['the other half', '\udc00'],
    ['an override of direction', '\u202eNorthlight'],
    ['blanks', '  '],
    ['far too much', 'x'.repeat(1_000_000)],
    ['a number', 7],
  ])('is refused where its name has %s', (_what, name) => {
    expect(acceptsNetwork({ ssids: [name] })).toBe(false);
  });

  it.each([
    '*.example.org',
    'localhost',
    'RADIUS.example.org',
    'radius..example.org',
    '.example.org',
    'radius.example.org.',
    '-radius.example.org',
    'radius.example.org\n',
    'radius.example.org"',
    'radius.example.org;evil.example.net',
    'radius_1.example.org',
    '../radius.example.org',
    'rädius.example.org',
    `${'a'.repeat(64)}.example.org`,
    `${'a.'.repeat(130)}org`,
    '192.0.2.1',
    '2001:db8::1',
    '',
  ])('is refused where its server is called %j', (name) => {
    expect(acceptsNetwork({ serverNames: [name] })).toBe(false);
    expect(acceptsNetwork({ serverNames: ['radius.example.org', name] })).toBe(false);
  });

  it.each([
    'alex@example.org',
    'anonymous',
    'anonymous@',
    '@',
    'Anonymous@example.org',
    'anonymous@example.org\n',
    'anonymous@example.org"',
    'anonymous@localhost',
    'alex.anonymous@example.org',
    'anonymous@example.org@example.net',
    'anonymous@192.0.2.1',
    '{subject.email}',
  ])('is refused where it would say %j in clear', (outerIdentity) => {
    expect(acceptsNetwork({ outerIdentity })).toBe(false);
  });

  it.each(['', '-----BEGIN CERTIFICATE-----', 'AAAA\n', 'AA"A', 'A'.repeat(12_001), '../x'])(
    'is refused with %j for a root',
    (root) => {
      expect(acceptsNetwork({ serverRoots: [root] })).toBe(false);
    },
  );

  it('is refused where there is none, and where there are too many', () => {
    expect(acceptsNetwork({ ssids: [], wired: false })).toBe(false);
    const many = Array.from({ length: 9 }, (_none, index) => `n${index}.example.org`);
    expect(acceptsNetwork({ ssids: many })).toBe(false);
    expect(acceptsNetwork({ serverNames: many })).toBe(false);
    expect(acceptsNetwork({ serverRoots: many.map(() => 'AAAA') })).toBe(false);
  });
});

describe('where a credential is tried out and used', () => {
  const radius = { host: 'radius.example.org', port: 1812, secret: 'testing123' };

  it('is accepted as it should be', () => {
    expect(accepts({ probe: { radius } })).toBe(true);
    expect(accepts({ probe: { radius: { ...radius, host: '192.0.2.1' } } })).toBe(true);
    expect(accepts({ probe: { network: true } })).toBe(true);
    const sites = ['https://intranet.example.org', 'https://wiki.example.org:8443/'];
    expect(accepts({ install: [{ target: 'browser', sites }] })).toBe(true);
    expect(accepts({ timestamp: { url: 'http://tsa.example.org/', roots: ['AAAA'] } })).toBe(true);
  });

  it.each([
    { host: '-oProxyCommand' },
    { host: 'radius.example.org -x' },
    { host: '$(id)' },
    { host: '' },
    { port: 0 },
    { port: 65_536 },
    { port: '1812' },
    { secret: '' },
    { secret: 'two words' },
    { secret: 'a\nb' },
    { secret: 'a\0b' },
    { secret: 'ä' },
    { secret: 'x'.repeat(65) },
  ])('is refused with the RADIUS server %j', (members) => {
    expect(accepts({ probe: { radius: { ...radius, ...members } } })).toBe(false);
  });

  it.each([{}, { network: false }, { url: 'http://whoami.example.org/' }, { radius: null }])(
    'is refused with the probe %j',
    (probe) => {
      expect(accepts({ probe })).toBe(false);
    },
  );

  it.each([
    'https://intranet.example.org/path',
    'https://intranet.example.org?query',
    'https://intranet.example.org/#part',
    'https://alex@intranet.example.org',
    'http://intranet.example.org',
    'javascript:alert(1)',
    '*',
    'https://*',
    'https://*.example.org',
    'https://[*.]example.org',
    'https://intranet.example.org"]}',
    'https://intranet.example.org\0',
    '',
  ])('is refused with %j for a site of browsers', (site) => {
    expect(accepts({ install: [{ target: 'browser', sites: [site] }] })).toBe(false);
  });

  it.each([
    { url: 'ftp://tsa.example.org/' },
    { url: 'file:///etc/passwd' },
    { url: 'http://alex:secret@tsa.example.org/' },
    { url: 'http://tsa.example.org/" /as "' },
    { url: "http://tsa.example.org/'" },
    { url: 'http://tsa.example.org/{a,b}' },
    { url: `https://tsa.example.org/${'x'.repeat(2048)}` },
    { url: 'https://tsa.example.org/', roots: [] },
    { url: 'https://tsa.example.org/', roots: ['no base 64!'] },
  ])('is refused with the timestamp server %j', (timestamp) => {
    expect(accepts({ timestamp })).toBe(false);
  });
});
