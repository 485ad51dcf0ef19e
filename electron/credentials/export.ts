import { certificateBundle } from '../certificates/certificate-bundle.ts';
import { readChain } from '../certificates/pem.ts';
import { createPkcs12 } from '../certificates/pkcs12.ts';
import { assertPkcs12Opens } from '../install/file.ts';
import { InstallError } from '../install/install-target.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';

export type ExportRequest =
  | { readonly credentialId: string; readonly format: 'pem' }
  | { readonly credentialId: string; readonly format: 'pkcs7' }
  | {
      readonly credentialId: string;
      readonly format: 'pkcs12';
      readonly passphrase: string;
      /** For programs that read no other: 3DES and SHA-1. */
      readonly legacy: boolean;
    };

/** What is written to the file that the person chooses. */
export interface ExportedCredential {
  readonly data: Uint8Array;
  /** e.g. `alex@example.test.p12`. */
  readonly suggestedName: string;
}

/** The certificates as PEM or PKCS #7, or with the key as PKCS #12 where the organisation allows it. */
export async function exportCredential(
  record: CredentialRecord,
  request: ExportRequest,
  keys: Pick<KeyRing, 'exportPkcs8'>,
): Promise<ExportedCredential> {
  const name = fileName(record.subject);
  if (request.format === 'pem') {
    return { data: Buffer.from(record.chain), suggestedName: `${name}.pem` };
  }
  if (request.format === 'pkcs7') {
    return { data: certificateBundle(readChain(record.chain)), suggestedName: `${name}.p7b` };
  }
  const data = await withKey(record, request, keys);
  return { data, suggestedName: `${name}.p12` };
}

async function withKey(
  record: CredentialRecord,
  { passphrase, legacy }: Extract<ExportRequest, { format: 'pkcs12' }>,
  keys: Pick<KeyRing, 'exportPkcs8'>,
): Promise<Uint8Array> {
  if (!record.key.exportable || record.key.place !== 'software') {
    throw new InstallError('file', 'not-exportable', 'the organisation keeps the key here');
  }
  const [certificate, ...chain] = readChain(record.chain);
  if (certificate === undefined) throw new TypeError('a chain has at least one certificate');
  const privateKeyPkcs8 = await keys.exportPkcs8(record.key.id);
  try {
    const pkcs12 = await createPkcs12({
      privateKeyPkcs8,
      certificate,
      chain,
      friendlyName: record.subject,
      passphrase,
      passphraseKind: 'chosen',
      isLegacy: legacy,
    });
    assertPkcs12Opens(pkcs12, passphrase);
    return pkcs12;
  } finally {
    privateKeyPkcs8.fill(0);
  }
}

/** Fit for every file system, and no path. */
function fileName(subject: string): string {
  const safe = subject.replaceAll(/[^A-Za-z0-9@._-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '');
  return safe.slice(0, 80) || 'certificate';
}
