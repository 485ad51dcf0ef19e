import { randomBytes, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NssPerson } from '../testing/nss-person.ts';
import { TestAuthority } from '../testing/test-authority.ts';

let alex: NssPerson;

beforeEach(async () => {
  alex = await NssPerson.create();
});

afterEach(async () => {
  await alex[Symbol.asyncDispose]();
});

const installError = (reason: string) =>
  expect.objectContaining({ code: 'install', target: 'nss', reason }) as unknown;

describe('a proof', () => {
  test('fails when the certificate is gone', async () => {
    const target = alex.target();
    const installed = await target.install(await alex.credential({ id: 'one' }));
    await alex.certutil('-D', '-n', 'Countersign one');
    expect(await target.prove(installed)).toEqual([
      {
        status: 'failed',
        method: 'signature',
        failure: {
          ...{ code: 'install', target: 'nss', reason: 'proof-failed', detail: alex.database },
          link: 'not-listed',
        },
        at: '2026-11-22T12:00:00.000Z',
      },
    ]);
  });

  test('fails when the certificate is there and its key is not', async () => {
    const target = alex.target();
    const { certificate, credentialId } = await alex.credential({ id: 'one' });
    await target.install(await alex.credential({ id: 'other', subject: 'CN=Other' }));
    const file = join(alex.home, 'bare.der');
    await writeFile(file, certificate);
    await alex.certutil('-A', '-n', 'bare', '-t', ',,', '-i', file);
    const proofs = await target.prove({ credentialId, certificate, location: alex.database });
    expect(proofs).toEqual([
      expect.objectContaining({
        failure: expect.objectContaining({ reason: 'proof-failed', link: 'key' }) as unknown,
      }),
    ]);
  });

  test('fails where no trusted issuer leads to it any more, and changes nothing', async () => {
    const target = alex.target();
    const installed = await target.install(await alex.credential({ id: 'one' }));
    const anchors = [alex.rootDer];
    const strangers = await TestAuthority.root({ name: 'Strangers' });
    const before = await alex.certutil('-L');
    const refused = [
      expect.objectContaining({ status: 'proven', method: 'signature' }),
      expect.objectContaining({
        ...{ status: 'failed', method: 'listed' },
        failure: expect.objectContaining({ reason: 'proof-failed', link: 'chain' }) as unknown,
      }),
    ];
    const elsewhere = [new X509Certificate(strangers.certificate).raw];
    const page = { url: 'https://localhost:1/', roots: anchors };
    expect(await target.prove(installed, { anchors: elsewhere, page })).toEqual(refused);
    expect(await alex.certutil('-L')).toBe(before);
    const [issuer = ''] = (await alex.nicknames()).filter((name) => name.includes('issuer'));
    await alex.certutil('-D', '-n', issuer);
    expect(await target.prove(installed, { anchors })).toEqual(refused);
    expect(await target.prove(installed, { anchors: [alex.issuerDer] })).toEqual([
      expect.objectContaining({ status: 'proven', method: 'signature' }),
      expect.objectContaining({ status: 'proven', method: 'listed' }),
    ]);
  });

  test('fails for what has expired', { tags: ['deep'] }, async () => {
    const target = alex.target();
    const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };
    const credential = await alex.credential({ id: 'one', ...past });
    const installed = await target.install(credential);
    expect((await target.prove(installed, { anchors: [alex.rootDer] }))[1]).toMatchObject({
      failure: { reason: 'proof-failed', link: 'expired' },
    });
  });

  test(
    'fails for another certificate than the one that lies there',
    { tags: ['deep'] },
    async () => {
      const target = alex.target();
      const installed = await target.install(await alex.credential({ id: 'one' }));
      const { certificate } = await alex.credential({ id: 'imposter' });
      expect(await target.prove({ ...installed, certificate })).toEqual([
        expect.objectContaining({ status: 'failed' }),
      ]);
    },
  );

  test('throws nothing but what is our own mistake', async () => {
    const target = alex.target();
    const installed = { credentialId: 'x', certificate: randomBytes(9), location: '' };
    await expect(target.prove(installed)).rejects.not.toEqual(installError('proof-failed'));
  });
});
