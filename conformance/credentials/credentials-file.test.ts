import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readCredentials } from './credentials-file.ts';

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const hmac = 'c2VjcmV0IG9mIHRoZSBleHRlcm5hbCBhY2NvdW50';
const privateJwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  format: 'jwk',
});

const identifier = { type: 'email', value: 'ada@example.test' };
const ada = { name: 'ada', identifier, externalAccounts: [{ kid: 'a', hmac }] };
const whole = {
  subjects: [
    {
      ...ada,
      totp: { secret, algorithm: 'SHA256', digits: 8, period: 60, profile: 'employee' },
      hotp: { secret, counter: 7, expendable: true },
      otp: { ocra: { suite: 'OCRA-1:HOTP-SHA1-6:QN08', key: '00ff' } },
      ppkp: {
        passkey: { credentialId: 'AAAA', key: privateJwk, rpId: 'ca.example' },
        key: privateJwk,
      },
    },
    { ...ada, name: 'ben', otp: { command: ['oathtool', '--totp'] } },
    { ...ada, name: 'cleo', otp: { list: ['one', 'two'] } },
  ],
  neighbours: [{ identifier: { type: 'dns', value: 'www.example.test' }, profile: 'server' }],
  approvals: {
    ...{ identifier: { type: 'dns', value: 'corp.example' }, profile: 'ev-code-signing' },
    key: { place: 'tpm', neverExtractable: true, local: true },
    requester: { ...ada, name: 'gil' },
    approvers: [{ ...ada, name: 'hana' }],
    standing: {
      ...{ profile: 'one-time-code-signing', requester: { service: 'build' } },
      account: { name: 'build', externalAccounts: [{ kid: 'b', hmac, reusable: true }] },
    },
  },
};

const schema = z.fromJSONSchema(
  JSON.parse(
    readFileSync(
      new URL('../../docs/conformance-credentials.schema.json', import.meta.url),
      'utf8',
    ),
  ) as Parameters<typeof z.fromJSONSchema>[0],
);

let folder: string;
let file: string;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-file-'));
  file = join(folder, 'credentials.json');
  warnings = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

function read(content: unknown, mode = 0o600) {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, mode);
  return readCredentials(file, (text) => void warnings.push(text));
}

describe('a file of credentials', () => {
  it('is read with what was left out filled in', () => {
    const { subjects, neighbours, approvals } = read(whole);
    expect(subjects.map(({ name }) => name)).toEqual(['ada', 'ben', 'cleo']);
    const [found] = subjects;
    expect(found?.held.totp?.credential).toMatchObject({ algorithm: 'SHA256', digits: 8 });
    expect(found?.held.totp).toMatchObject({ profile: 'employee', expendable: false, identifier });
    expect(found?.held.hotp).toMatchObject({ expendable: true, profile: undefined });
    expect(found?.held.hotp?.credential).toMatchObject({
      algorithm: 'SHA1',
      digits: 6,
      counter: 7,
    });
    expect(found?.held.passkey?.credential).toMatchObject({ signCount: undefined });
    expect(found?.externalAccounts[0]?.reusable).toBe(false);
    expect(neighbours).toEqual(whole.neighbours);
    expect(approvals).toMatchObject({
      auditor: undefined,
      root: undefined,
      profile: 'ev-code-signing',
    });
    expect(approvals?.approvers.map(({ name }) => name)).toEqual(['hana']);
    expect(approvals?.standing).toMatchObject({ requester: { service: 'build' } });
    expect(warnings).toEqual([]);
  });

  it('is what its JSON Schema describes', () => {
    expect(schema.safeParse(whole).success).toBe(true);
  });

  it.runIf(process.platform !== 'win32')('is warned of when others can read it', () => {
    read(whole, 0o644);
    expect(warnings).toEqual([expect.stringContaining('can be read by others')]);
  });

  const subject = (more: object): object => ({ subjects: [{ ...ada, ...more }] });
  const approvals = (more: object): object => ({
    subjects: [],
    approvals: { ...whole.approvals, ...more },
  });
  const hostile: readonly (readonly [string, unknown, RegExp])[] = [
    ['no JSON', `{"subjects": "${secret}`, /is no JSON$/],
    ['a list', [], /^\$ must be an object/],
    ['no subjects', {}, /^\$\.subjects must be a list/],
    ['an unknown member', { subjects: [], secrets: secret }, /"secrets", which means nothing/],
    ['two subjects of one name', { subjects: [ada, ada] }, /two of the name "ada"/],
    ['a subject without a name', { subjects: [{}] }, /subjects\[0\]\.name must be a text/],
    [
      'a secret that is no base32',
      subject({ totp: { secret: `${secret}!` } }),
      /totp\.secret must match/,
    ],
    ['nine digits', subject({ totp: { secret, digits: 9 } }), /totp\.digits must be one of/],
    ['a hotp without a counter', subject({ hotp: { secret } }), /hotp\.counter must be a whole/],
    ['an otp of two kinds', subject({ otp: { list: ['a'], command: ['b'] } }), /one of ocra, list/],
    ['an otp of no kind', subject({ otp: {} }), /one of ocra, list/],
    ['an empty list', subject({ otp: { list: [] } }), /otp\.list must not be empty/],
    [
      'a suite with a counter',
      subject({ otp: { ocra: { suite: 'OCRA-1:HOTP-SHA1-6:C-QN08', key: '00' } } }),
      /suite must match/,
    ],
    [
      'a public key',
      subject({ ppkp: { key: { ...privateJwk, d: undefined } } }),
      /ppkp\.key must be a private/,
    ],
    ['a key that is a text', subject({ ppkp: { key: secret } }), /ppkp\.key must be a private/],
    ['a ppkp with nothing', subject({ ppkp: {} }), /neither a passkey nor a key/],
    [
      'a chain that is no file',
      subject({ cert: { chain: 'none.pem', key: 'none.pem' } }),
      /neither PEM nor a file/,
    ],
    [
      'a chain that is no certificate',
      subject({ cert: { chain: '-----BEGIN X-----', key: 'k' } }),
      /has no certificate/,
    ],
    [
      'a credential without an identifier',
      { subjects: [{ name: 'a', totp: { secret } }] },
      /identifier is missing/,
    ],
    ['nobody who approves', approvals({ approvers: [] }), /approvals\.approvers must not be empty/],
    [
      'one person in two parts',
      approvals({ requester: { name: 'hana' } }),
      /two of the name "hana"/,
    ],
    [
      'a key in a place that is none',
      approvals({ key: { ...whole.approvals.key, place: secret } }),
      /approvals\.key\.place must be one of/,
    ],
    [
      'a standing one for two',
      approvals({
        standing: { ...whole.approvals.standing, requester: { email: 'a@b.c', service: 'build' } },
      }),
      /standing\.requester must have one of/,
    ],
    [
      'a part that nobody knows',
      approvals({ chairman: ada }),
      /approvals has "chairman", which means nothing/,
    ],
  ];

  it.each(hostile)(
    'with %s is refused by place, without what stands there',
    (_, content, message) => {
      let refusal: unknown;
      try {
        read(content);
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toMatchObject({ code: 'file' });
      const { message: text } = refusal as Error;
      expect(text.replace(`${file} `, '')).toMatch(message);
      expect(text).not.toContain(secret);
      expect(text).not.toContain(String(privateJwk.d));
    },
  );
});
