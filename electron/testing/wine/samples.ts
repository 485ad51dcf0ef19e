import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPkcs12 } from '../../certificates/pkcs12.ts';
import { TestAuthority } from '../test-authority.ts';
import { samplePassphrase, sampleSubject } from './sample-names.ts';

/** A certificate and the file that the wallet would export it in, for the store of certificates. RSA: Wine's key containers know no curves. */
export async function writeSamples(directory: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const authority = await TestAuthority.root();
  const certificate = await authority.issue({
    spki: publicKey.export({ format: 'der', type: 'spki' }),
    subject: `CN=${sampleSubject}`,
  });
  const file = await createPkcs12({
    privateKeyPkcs8: privateKey.export({ format: 'der', type: 'pkcs8' }),
    certificate,
    chain: [],
    friendlyName: sampleSubject,
    passphrase: samplePassphrase,
    passphraseKind: 'random',
  });
  writeFileSync(join(directory, 'certificate.pem'), certificate);
  writeFileSync(join(directory, 'credential.p12'), file);
}
