import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestAuthority } from '../../testing/test-authority.ts';
import type { KeyMaterial } from './key-files.ts';
import { proveCertificateFile } from './material-proofs.ts';

let directory: string;
let pem: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'material-proofs-'));
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const root = await TestAuthority.root();
  pem = await root.issue({ spki: publicKey.export({ type: 'spki', format: 'der' }) });
});
afterAll(() => rm(directory, { recursive: true }));

async function prove(text: string): Promise<void> {
  const certificateFile = join(directory, 'client.pem');
  await writeFile(certificateFile, text);
  const material: KeyMaterial = {
    ...{ directory, certificateFile, rootsFile: () => join(directory, 'roots.pem') },
    key: { kind: 'file', file: join(directory, 'key.pem') },
  };
  const { raw: certificate } = new X509Certificate(pem);
  await proveCertificateFile({ target: 'wpa-supplicant', certificate }, material, {
    now: new Date(),
  });
}

test('the file of a certificate that was overwritten is told as a certificate that is not there', async () => {
  await expect(prove(pem)).resolves.toBeUndefined();
  const [first = '', , ...others] = pem.split('\n');
  const overwritten = ['', 'nothing', pem.replaceAll('M', '*'), [first, ...others].join('\n')];
  for (const text of overwritten) {
    await expect(prove(text)).rejects.toMatchObject({
      ...{ code: 'install', reason: 'proof-failed', link: 'not-listed' },
    });
  }
});
