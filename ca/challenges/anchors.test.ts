import 'reflect-metadata';
import { beforeAll, expect, it } from 'vitest';
import { ForeignCa, newKeys } from '../testing/foreign-ca.ts';
import { readAnchors } from './anchors.ts';

let foreign: ForeignCa;

beforeAll(async () => {
  foreign = await ForeignCa.create(() => new Date());
});

const maps = 'certificate' as const;

it('an anchor may be several CAs, whose lists are read when they change', async () => {
  const second = await ForeignCa.create(() => new Date(), 'Second');
  let text = await foreign.revocationList([]);
  const anchors = readAnchors([{ pem: foreign.pem + second.pem, maps, crl: () => text }]);
  expect(anchors).toHaveLength(2);
  const [first] = anchors;
  const lists = first?.lists?.();
  expect(lists).toHaveLength(1);
  expect(first?.lists?.()).toBe(lists);
  text += await second.revocationList([]);
  expect(first?.lists?.()).toHaveLength(2);
});

it.each<[string, () => Promise<string>]>([
  ['text', () => Promise.resolve('Hello')],
  [
    'no certificate',
    () => Promise.resolve('-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----'),
  ],
  ['no CA’s', async () => (await foreign.issue()).certificate.toString('pem')],
  ['one with a weak key', weak],
])('an anchor that is %s is refused', async (_name, make) => {
  const pem = await make();
  expect(() => readAnchors([{ pem, maps }])).toThrow(
    expect.objectContaining({ code: 'badAnchor' }),
  );
});

it.each(['', 'Hello', '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----'])(
  'an anchor whose list is none is refused (%j)',
  (crl) => {
    expect(() => readAnchors([{ pem: foreign.pem, maps, crl }])).toThrow(
      expect.objectContaining({ code: 'badAnchor' }),
    );
  },
);

async function weak(): Promise<string> {
  const { X509CertificateGenerator, BasicConstraintsExtension } = await import('@peculiar/x509');
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: 'CN=Weak', keys: await newKeys('RSA-1024') },
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return certificate.toString('pem');
}
