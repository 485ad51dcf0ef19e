import { Buffer } from 'node:buffer';
import { generateKeyPairSync, createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createProfileSigner,
  sampleProfile,
  type ProfileSigner,
} from '../testing/profile-signer.ts';
import { ProfileError } from './errors.ts';
import { maximumProfileSize, verifyProfile } from './profile.ts';

const now = new Date();
const days = (number: number) => new Date(now.getTime() + number * 24 * 60 * 60 * 1000);
const encoded = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

async function refusalOf(text: string | Promise<string>, at = now): Promise<ProfileError> {
  try {
    await verifyProfile(await text, at);
  } catch (error) {
    if (error instanceof ProfileError) return error;
    throw error;
  }
  throw new Error('the profile was accepted');
}

describe('verifyProfile', () => {
  let signer: ProfileSigner;
  let stranger: ProfileSigner;
  const profile = sampleProfile(now);
  const [offer] = profile.credentials;
  const signed = (changes: object = {}, header?: Readonly<Record<string, unknown>>) =>
    signer.sign({ ...profile, ...changes }, header);
  const withOffer = (changes: object) => signed({ credentials: [{ ...offer, ...changes }] });
  const named = (name: unknown) => signed({ organization: { ...profile.organization, name } });

  beforeAll(async () => {
    [signer, stranger] = await Promise.all([createProfileSigner(), createProfileSigner()]);
  });

  it('accepts a profile that its signer signed, and says who that was', async () => {
    const text = await signed();
    const verified = await verifyProfile(`${text}\n`, now);
    expect(verified.profile.organization.name).toEqual({ en: 'Example', de: 'Beispiel' });
    expect(verified.signedProfile).toBe(text);
    expect(verified.signer.hex).toMatch(/^[0-9a-f]{64}$/);
    expect(verified.signer.words).toHaveLength(8);
  });

  it('keeps what it does not know and ignores it', async () => {
    const { profile: read } = await verifyProfile(await signed({ novelty: { a: 1 } }), now);
    expect(read['novelty']).toEqual({ a: 1 });
  });

  it('lets no member reach a prototype', async () => {
    const text = JSON.stringify(profile).replace('{', '{"__proto__":{"polluted":true},');
    const { profile: read } = await verifyProfile(await signer.sign(text), now);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(read['polluted']).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  describe('refuses the signature of', () => {
    const parts = async () => (await signed()).split('.');
    const expectInvalid = async (text: string | Promise<string>) => {
      expect((await refusalOf(text)).reason).toBe('signature-invalid');
    };

    it('a payload that was changed', async () => {
      const [header, , signature] = await parts();
      const changed = { ...profile, directory: 'https://evil.example/directory' };
      await expectInvalid([header, encoded(changed), signature].join('.'));
    });

    it('another document', async () => {
      const [header, payload] = await parts();
      const [, , signature] = (await signed({ id: 'other' })).split('.');
      await expectInvalid([header, payload, signature].join('.'));
    });

    it('somebody else under this chain', async () => {
      await expectInvalid(stranger.sign(profile, { x5c: signer.chain }));
    });

    it('nobody', async () => {
      const [, payload] = await parts();
      const header = { typ: 'enrollment-profile+jws', x5c: signer.chain };
      await expectInvalid(`${encoded({ ...header, alg: 'none' })}.${payload}.`);
      await expectInvalid(`${encoded({ ...header, alg: 'ES256' })}.${payload}.`);
    });

    it('a MAC over the public key', async () => {
      const [, payload] = await parts();
      const header = { alg: 'HS256', typ: 'enrollment-profile+jws', x5c: signer.chain };
      const input = `${encoded(header)}.${payload}`;
      const key = Buffer.from(signer.chain[0], 'base64');
      const mac = createHmac('sha256', key).update(input).digest('base64url');
      await expectInvalid(`${input}.${mac}`);
    });

    it.each([
      ['crit', ['b64']],
      ['b64', true],
      ['jku', 'https://evil.example/jwks'],
      [
        'jwk',
        generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
      ],
      ['kid', 'a'],
      ['x5u', 'https://evil.example/cert'],
    ])('a header with %s', async (name, value) => {
      const [, payload, signature] = await parts();
      const header = {
        alg: 'ES256',
        typ: 'enrollment-profile+jws',
        x5c: signer.chain,
        [name]: value,
      };
      await expectInvalid(`${encoded(header)}.${payload}.${signature}`);
    });

    it.each([
      ['no chain', undefined],
      ['an empty chain', []],
      ['junk for a chain', ['AAAA']],
      ['text for a chain', 'AAAA'],
      ['too long a chain', Array.from({ length: 9 }, () => 'AAAA')],
    ])('a header with %s', async (_what, x5c) => {
      await expectInvalid(signed({}, { x5c }));
    });

    it('a chain whose certificates did not issue each other', async () => {
      await expectInvalid(signed({}, { x5c: [signer.chain[0], stranger.chain[1]] }));
      await expectInvalid(signed({}, { x5c: [signer.chain[0], signer.chain[0]] }));
      await expectInvalid(signed({}, { x5c: [...signer.chain, signer.chain[1]] }));
    });

    it('a chain whose issuer may not issue', async () => {
      const odd = await createProfileSigner({ issuerIsCa: false });
      await expectInvalid(odd.sign(profile));
    });
  });

  describe('takes for something else', () => {
    it.each([
      ['nothing', ''],
      ['text', 'hello'],
      ['JSON', '{"version":1}'],
      ['two parts', 'e30.e30'],
      ['four parts', 'e30.e30.e30.e30'],
      ['a header that is no JSON', `${encoded('{')}.e30.AAAA`],
      ['a header that is no object', `${encoded([])}.e30.AAAA`],
      ['a header that is not UTF-8', `${Buffer.from([0xff, 0xfe]).toString('base64url')}.e30.AAAA`],
      ['a header with repeated members', `${encoded('{"alg":"ES256","alg":"none"}')}.e30.AAAA`],
      ['a header of great depth', `${encoded('['.repeat(50) + ']'.repeat(50))}.e30.AAAA`],
      ['line breaks inside', 'e30.\ne30.AAAA'],
    ])('%s', async (_what, text) => {
      expect((await refusalOf(text)).reason).toBe('not-a-profile');
    });

    it.each(['JWT', 'enrollment-profile', 'ENROLLMENT-PROFILE+JWS2', '', 7, undefined])(
      'a JWS of type %j',
      async (typ) => {
        expect((await refusalOf(signed({}, { typ }))).reason).toBe('not-a-profile');
      },
    );
  });

  it('refuses what is too large before it looks at it', async () => {
    const padded = signed({ padding: 'x'.repeat(maximumProfileSize) });
    expect((await refusalOf(padded)).reason).toBe('too-large');
  });

  it('says that a newer version needs a newer wallet, whatever else changed', async () => {
    const text = signer.sign({ version: 2, everything: 'different' });
    expect((await refusalOf(text)).reason).toBe('newer-version');
  });

  it('does not believe the version of a document nobody signed', async () => {
    const [header, , signature] = (await signed()).split('.');
    const text = `${header}.${encoded({ version: 2 })}.${signature}`;
    expect((await refusalOf(text)).reason).toBe('signature-invalid');
  });

  describe('takes for malformed', () => {
    const expectMalformed = async (text: Promise<string>) => {
      expect((await refusalOf(text)).reason).toBe('malformed');
    };

    it.each([0, -1, 1.5, '1', null, undefined])('version %j', async (version) => {
      await expectMalformed(signed({ version }));
    });

    it('repeated members, also when escaped', async () => {
      const text = JSON.stringify(profile).replace('{', '{"version":1,');
      await expectMalformed(signer.sign(text));
      await expectMalformed(signer.sign(text.replace('"version"', '"\\u0076ersion"')));
    });

    it('great depth, even where it would be ignored', async () => {
      const deep = '['.repeat(40) + ']'.repeat(40);
      await expectMalformed(signer.sign(JSON.stringify(profile).replace('{', `{"x":${deep},`)));
    });

    it('what is not UTF-8, not JSON or no object', async () => {
      await expectMalformed(signer.sign(Uint8Array.of(0xff, 0xfe)));
      await expectMalformed(signer.sign('{'));
      await expectMalformed(signer.sign('[]'));
      await expectMalformed(signer.sign('null'));
    });

    it.each([
      ['a line break', 'Exa\nmple'],
      ['an escape sequence', '\u001b[31mExample'],
      ['a bidirectional override', 'Example\u202egro.elpmaxe'],
      ['a line separator', 'Exa\u2028mple'],
      ['a mark of direction', 'Example\u200e'],
      ['an Arabic mark of direction', '\u061cExample'],
      ['a character of no width', 'Exa\u200bmple'],
      ['a byte order mark', '\ufeffExample'],
      ['a soft hyphen', 'Exam\u00adple'],
      ['a tag', 'Example\u{e0041}'],
      ['half a character', 'Example\ud800'],
      ['a filler among letters', 'Exam\u3164ple'],
      ['nothing but blanks', ' \u00a0\u2003'],
      ['nothing but a filler', '\u3164'],
      ['nothing but a joiner', '\u200d'],
      ['nothing but a blank of Braille', '\u2800'],
      ['too much text', 'x'.repeat(81)],
      ['nothing', ''],
      ['a number', 7],
    ])('a name with %s', async (_what, text) => {
      await expectMalformed(named({ en: text }));
    });

    it('a name in no language, or in one that is none', async () => {
      await expectMalformed(named({}));
      await expectMalformed(named({ 'not a language': 'Example' }));
      await expectMalformed(named(JSON.parse('{"__proto__":"x"}')));
    });

    it.each([
      'http://ca.example.test/directory',
      'https://user:secret@ca.example.test/directory',
      'javascript:alert(1)',
      'file:///etc/passwd',
      '/directory',
      '',
    ])('the directory %s', async (directory) => {
      await expectMalformed(signed({ directory }));
    });

    it.each([
      '{subject.password}',
      '{subject.email',
      '{{subject.email}}',
      '{}',
      '{subject.email}}',
    ])('the placeholder %s', async (value) => {
      await expectMalformed(withOffer({ identifiers: [{ type: 'email', value }] }));
    });

    it('unknown purposes, key types, places and targets', async () => {
      await expectMalformed(withOffer({ purpose: 'world-domination' }));
      await expectMalformed(withOffer({ key: { types: ['RSA-512'], places: ['software'] } }));
      await expectMalformed(withOffer({ key: { types: ['P-256'], places: ['cloud'] } }));
      await expectMalformed(withOffer({ install: [{ target: 'everywhere' }] }));
    });

    it('usages that no service can have, twice, or for what is no service', async () => {
      const service = { purpose: 'service' };
      for (const usages of [
        [],
        ['codeSigning'],
        ['serverAuth', 'serverAuth'],
        'serverAuth',
        null,
      ]) {
        await expectMalformed(withOffer({ ...service, usages }));
      }
      await expectMalformed(withOffer({ purpose: 'client', usages: ['clientAuth'] }));
      const text = await withOffer({ ...service, usages: ['serverAuth', 'clientAuth'] });
      const { profile: read } = await verifyProfile(text, now);
      expect(read.credentials[0]?.usages).toEqual(['serverAuth', 'clientAuth']);
    });

    it('an offer id that looks like a path, and two offers with one id', async () => {
      await expectMalformed(withOffer({ id: '../../etc' }));
      await expectMalformed(signed({ credentials: [offer, offer] }));
    });

    it('no offer, and too many', async () => {
      await expectMalformed(signed({ credentials: [] }));
      const many = Array.from({ length: 65 }, (_, number) => ({ ...offer, id: `offer-${number}` }));
      await expectMalformed(signed({ credentials: many }));
    });

    it('roots that are no certificates', async () => {
      await expectMalformed(signed({ roots: ['AAAA'] }));
      await expectMalformed(signed({ roots: ['not base64!'] }));
    });

    it('dates that are none, or in the wrong order', async () => {
      await expectMalformed(signed({ issued: 'yesterday' }));
      await expectMalformed(signed({ expires: '2030-13-01T00:00:00Z' }));
      await expectMalformed(
        signed({ issued: days(2).toISOString(), expires: days(1).toISOString() }),
      );
    });
  });

  it('accepts every placeholder of the list, also inside other text', async () => {
    const value = 'a-{subject.email}-{device.name}-b';
    const text = await withOffer({ identifiers: [{ type: 'email', value }] });
    const { profile: read } = await verifyProfile(text, now);
    expect(read.credentials[0]?.identifiers[0]?.value).toBe(value);
  });

  it('refuses an expired profile, and says whom to call', async () => {
    const text = signed({ issued: days(-9).toISOString(), expires: days(-1).toISOString() });
    const { reason, contact } = await refusalOf(text);
    expect(reason).toBe('expired');
    expect(contact.helpdesk?.email).toBe('help@example.test');
    expect(contact.organization?.['en']).toBe('Example');
  });

  it('refuses a profile from the future, but not over five minutes of clock', async () => {
    const soon = (minutes: number) =>
      signed({ issued: new Date(now.getTime() + minutes * 60_000).toISOString() });
    expect((await refusalOf(soon(6))).reason).toBe('not-yet-valid');
    await expect(verifyProfile(await soon(4), now)).resolves.toBeDefined();
  });

  it('refuses a signer whose certificate is not valid now', async () => {
    const [past, future] = await Promise.all([
      createProfileSigner({ notBefore: days(-9), notAfter: days(-1) }),
      createProfileSigner({ notBefore: days(1), notAfter: days(9) }),
    ]);
    expect((await refusalOf(past.sign(profile))).reason).toBe('expired');
    expect((await refusalOf(future.sign(profile))).reason).toBe('not-yet-valid');
  });
});
