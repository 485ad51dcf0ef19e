import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { cmsAttribute, createSignedData } from '../certificates/cms-signed-data.ts';
import { octetString } from '../certificates/der.ts';
import { derOf } from '../certificates/pem.ts';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { TestAuthority, type LeafDetails } from '../testing/test-authority.ts';
import { readVectors } from '../testing/vectors.ts';
import { checkReceipt } from './receipt.ts';
import { readContent } from './receipt-content.ts';

const { good } = readVectors<unknown, { readonly content?: string }>('approvals');
const content = Buffer.from(good.find(([id]) => id === 'receipt-key')?.[1].input.content ?? '');
const directory = 'https://ca.example/acme/directory';

let root: TestAuthority;
let issuer: TestAuthority;
beforeAll(async () => {
  // The receipts of the vectors are of a certain day.
  const validity = { notBefore: new Date('2026-01-01'), notAfter: new Date('2036-01-01') };
  root = await TestAuthority.root(validity);
  issuer = await root.intermediate({ name: 'Issuing', ...validity });
});

const newSigner = () =>
  new KeyObjectSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

const documentSigning = '1.3.6.1.5.5.7.3.36';

interface Making {
  readonly certificate?: Partial<LeafDetails>;
  readonly content?: Uint8Array;
  readonly contentType?: string;
  readonly form?: 'enveloped' | 'detached';
  /** Beside the issuer's. */
  readonly more?: readonly Buffer[];
  readonly unsigned?: boolean;
}

async function receipt(making: Making = {}): Promise<Buffer> {
  const signer = newSigner();
  const pem = await issuer.issue({
    spki: signer.publicSpki,
    subject: 'CN=Local CA Approvals',
    extendedKeyUsages: [documentSigning],
    notBefore: new Date('2026-06-01'),
    notAfter: new Date('2027-06-01'),
    ...making.certificate,
  });
  const certificates = [derOf(issuer.certificate), derOf(root.certificate)];
  const note = cmsAttribute('1.2.840.113549.1.9.13', octetString(Buffer.from('urgent')));
  return createSignedData({
    ...{ signer, certificate: derOf(pem), chain: [...certificates, ...(making.more ?? [])] },
    ...{ content: making.content ?? content, form: making.form ?? 'enveloped' },
    ...(making.contentType !== undefined && { contentType: making.contentType }),
    ...(making.unsigned === true && { unsignedAttributes: () => Promise.resolve([note]) }),
  });
}

const lastCheck = (der: Buffer): unknown =>
  checkReceipt(der, { roots: [root.certificate], directory }).checks.at(-1);

describe('a receipt', () => {
  it('of the certificate that is for nothing else holds', async () => {
    const { holds, found } = checkReceipt(await receipt(), {
      roots: [root.certificate],
      directory,
    });
    expect({ holds, method: found?.method }).toEqual({ holds: true, method: 'key' });
  });

  it('holds as of its time, whatever has expired since, and not as of another', async () => {
    const short = { notBefore: new Date('2026-11-21'), notAfter: new Date('2026-11-23') };
    expect(lastCheck(await receipt({ certificate: short }))).toMatchObject({ passed: true });
    const early = { notBefore: new Date('2026-06-01'), notAfter: new Date('2026-11-01') };
    expect(lastCheck(await receipt({ certificate: early }))).toMatchObject({ passed: false });
    const late = { notBefore: new Date('2026-11-30'), notAfter: new Date('2027-11-01') };
    expect(lastCheck(await receipt({ certificate: late }))).toMatchObject({ passed: false });
  });

  const others: Readonly<Record<string, Partial<LeafDetails>>> = {
    'for code': { extendedKeyUsages: ['1.3.6.1.5.5.7.3.3'] },
    'for timestamps': { extendedKeyUsages: ['1.3.6.1.5.5.7.3.8'], usagesAreCritical: true },
    'for clients': { extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'] },
    'for documents and code': { extendedKeyUsages: [documentSigning, '1.3.6.1.5.5.7.3.3'] },
    'for anything': { extendedKeyUsages: ['2.5.29.37.0'] },
    'that has no purpose': { extendedKeyUsages: [] },
    'of a person, for documents': { subject: 'CN=Kim Example' },
    'of a person who is called so': { names: [{ type: 'email', value: 'kim@corp.example' }] },
    'of an organisation that is called so': { names: [{ type: 'dns', value: 'corp.example' }] },
    'of an authority': { authority: true },
  };

  it.each(Object.entries(others))(
    'signed by a certificate %s does not hold',
    async (_what, certificate) => {
      expect(lastCheck(await receipt({ certificate }))).toEqual({
        ...{ check: 'signature', passed: false },
      });
    },
  );

  it('with anything around it that nobody signed does not hold', async () => {
    const stranger = await TestAuthority.root({ name: 'Stranger' });
    const another = await root.intermediate({ name: 'Another' });
    const makings: readonly Making[] = [
      { more: [derOf(stranger.certificate)] },
      { more: [derOf(another.certificate)] },
      { unsigned: true },
      { form: 'detached' },
      { contentType: '1.2.840.113549.1.9.16.1.4' },
    ];
    for (const making of makings) {
      expect(lastCheck(await receipt(making))).toEqual({ check: 'signature', passed: false });
    }
    const whole = await receipt();
    for (const changed of [Buffer.concat([whole, Buffer.from([0])]), whole.subarray(0, -1)]) {
      expect(lastCheck(changed)).toEqual({ check: 'signature', passed: false });
    }
  });

  it('of which any tenth octet is another does not hold', async () => {
    const whole = await receipt();
    const survivors: number[] = [];
    for (let index = 0; index < whole.length; index += 10) {
      const changed = Buffer.from(whole);
      changed[index] = (changed[index] ?? 0) ^ 0x80;
      if (checkReceipt(changed, { roots: [root.certificate] }).holds) survivors.push(index);
    }
    expect(survivors).toEqual([]);
  });

  it('is not ours only because it holds', async () => {
    const whole = await receipt();
    const expected = { roots: [root.certificate], directory, isOurs: () => false };
    expect(checkReceipt(whole, expected).checks.at(-1)).toEqual({
      ...{ check: 'binding', passed: false },
    });
  });
});

describe('what a receipt says', () => {
  it.each([
    ['is no JSON', 'received with thanks'],
    ['has a member twice', content.toString().replace('{', '{"version":1,')],
    ['has one more', content.toString().replace(/\}$/, ',"zeal":1}')],
    ['has spaces', content.toString().replace(':', ': ')],
    ['begins with a byte order mark', `\ufeff${content.toString()}`],
    ['is of another version', content.toString().replace(/"version":1\}$/, '"version":2}')],
    ['is empty', ''],
  ])('counts for nothing when it %s', async (_what, text) => {
    expect(readContent(Buffer.from(text))).toBeUndefined();
    const der = await receipt({ content: Buffer.from(text) });
    expect(lastCheck(der)).toEqual({ check: 'signature', passed: false });
  });

  it('is UTF-8 or nothing', () => {
    expect(readContent(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
    expect(readContent(content)).toMatchObject({ version: 1 });
  });
});
