import { X509Certificate, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as koffi from 'koffi';
import { expectTrue, type Check } from './check.ts';
import { samplePassphrase, sampleSubject } from './sample-names.ts';
import {
  certContext,
  expectSuccess,
  loadAdvapi32,
  loadCrypt32,
  loadKernel32,
} from './windows-libraries.ts';

// wincrypt.h
const CERT_STORE_PROV_SYSTEM_W = 10;
const CERT_SYSTEM_STORE_CURRENT_USER = 0x10000;
const X509_ASN_ENCODING = 1;
const CERT_FIND_SUBJECT_STR_W = 0x00080007;
const CERT_STORE_ADD_REPLACE_EXISTING = 3;
const CERT_STORE_CTRL_COMMIT = 3;
const CALG_SHA1 = 0x8004;
const AT_KEYEXCHANGE = 1;

/** The person's store of certificates: a PKCS #12 file of ours goes in, with its key. */
export const storeKeeps = (directory: string): readonly Check[] => [
  {
    what: 'crypt32 opens a PKCS #12 file of `createPkcs12` and the certificate goes into `MY`',
    expects: 'works',
    run: () => {
      importInto(directory);
      return Promise.resolve();
    },
  },
];

/** In another process. */
export const storeFinds = (directory: string): readonly Check[] => [
  {
    what: 'another process finds it by its subject, octet by octet the same',
    expects: 'works',
    run: () =>
      withCertificate((context) => {
        const { raw } = new X509Certificate(readFileSync(join(directory, 'certificate.pem')));
        expectTrue(raw.equals(derOf(context)), 'it is another certificate');
      }),
  },
  {
    what: 'another process signs with its key (CryptSignHash, RSA with SHA-1)',
    expects: 'works',
    run: () => withCertificate((context) => signWith(context)),
  },
];

function importInto(directory: string): void {
  const crypt32 = loadCrypt32();
  const { GetLastError } = loadKernel32();
  const file = readFileSync(join(directory, 'credential.p12'));
  const blob = { cbData: file.length, pbData: file };
  const imported = crypt32.PFXImportCertStore(blob, samplePassphrase, 1);
  expectSuccess(imported, 'PFXImportCertStore', GetLastError);
  const context = crypt32.CertFindCertificateInStore(
    imported,
    X509_ASN_ENCODING,
    0,
    CERT_FIND_SUBJECT_STR_W,
    sampleSubject,
    null,
  );
  expectSuccess(context, 'CertFindCertificateInStore', GetLastError);
  const store = openStore();
  const added = crypt32.CertAddCertificateContextToStore(
    store,
    context,
    CERT_STORE_ADD_REPLACE_EXISTING,
    null,
  );
  expectSuccess(added, 'CertAddCertificateContextToStore', GetLastError);
  // Windows writes at once, Wine when it is told to.
  const written = crypt32.CertControlStore(store, 0, CERT_STORE_CTRL_COMMIT, null);
  expectSuccess(written, 'CertControlStore', GetLastError);
  crypt32.CertFreeCertificateContext(context);
  crypt32.CertCloseStore(store, 0);
  crypt32.CertCloseStore(imported, 0);
}

function openStore(): unknown {
  const store = loadCrypt32().CertOpenStore(
    CERT_STORE_PROV_SYSTEM_W,
    0,
    0,
    CERT_SYSTEM_STORE_CURRENT_USER,
    'MY',
  );
  expectSuccess(store, 'CertOpenStore', loadKernel32().GetLastError);
  return store;
}

function withCertificate(use: (context: unknown) => void): Promise<void> {
  const crypt32 = loadCrypt32();
  const store = openStore();
  const context = crypt32.CertFindCertificateInStore(
    store,
    X509_ASN_ENCODING,
    0,
    CERT_FIND_SUBJECT_STR_W,
    sampleSubject,
    null,
  );
  expectSuccess(context, 'CertFindCertificateInStore', loadKernel32().GetLastError);
  try {
    use(context);
    return Promise.resolve();
  } finally {
    crypt32.CertFreeCertificateContext(context);
    crypt32.CertCloseStore(store, 0);
  }
}

function derOf(context: unknown): Buffer {
  const { pbCertEncoded, cbCertEncoded } = koffi.decode(context, certContext) as {
    pbCertEncoded: bigint;
    cbCertEncoded: number;
  };
  return Buffer.from(koffi.decode(pbCertEncoded, 'uint8_t', cbCertEncoded) as Uint8Array);
}

function signWith(context: unknown): void {
  const { CryptAcquireCertificatePrivateKey } = loadCrypt32();
  const advapi32 = loadAdvapi32();
  const { GetLastError } = loadKernel32();
  const provider: [number | bigint] = [0];
  const acquired = CryptAcquireCertificatePrivateKey(context, 0, null, provider, [0], [0]);
  expectSuccess(acquired, 'CryptAcquireCertificatePrivateKey', GetLastError);
  const hash: [number | bigint] = [0];
  expectSuccess(
    advapi32.CryptCreateHash(provider[0], CALG_SHA1, 0, 0, hash),
    'CryptCreateHash',
    GetLastError,
  );
  const data = Buffer.from('what is signed');
  expectSuccess(
    advapi32.CryptHashData(hash[0], data, data.length, 0),
    'CryptHashData',
    GetLastError,
  );
  const signature = Buffer.alloc(512);
  const size = [signature.length];
  const signed = advapi32.CryptSignHashW(hash[0], AT_KEYEXCHANGE, null, 0, signature, size);
  expectSuccess(signed, 'CryptSignHashW', GetLastError);
  advapi32.CryptDestroyHash(hash[0]);
  // CryptoAPI writes numbers with the least octet first.
  const reversed = Buffer.from(signature.subarray(0, size[0])).reverse();
  const { publicKey } = new X509Certificate(derOf(context));
  expectTrue(verify('sha1', data, publicKey, reversed), 'the signature does not verify');
}
