import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as koffi from 'koffi';
import { WindowsCertificates } from '../../install/windows-certificates.ts';
import { loadCrypt32, type Out } from '../../install/windows-crypt32.ts';
import { expectTrue, type Check } from './check.ts';
import { samplePassphrase } from './sample-names.ts';

// wincrypt.h
const CRYPT_USER_KEYSET = 0x1000;
const PKCS12_ALWAYS_CNG_KSP = 0x200;

const friendlyName = 'Countersign ü 日本';
const target = 'windows-store';

/** What `WindowsStoreTarget` is made of, over Wine's crypt32. */
export const installStoreKeeps = (directory: string): readonly Check[] => [
  {
    what: '`WindowsCertificates.add` puts an issuer into `CA`, and lists it by its name',
    expects: 'works',
    run: async () => {
      const certificates = await openCertificates();
      const der = sample(directory, 'certificate.pem');
      certificates.add('CA', der, friendlyName);
      const found = certificates.list('CA').find((each) => each.der.equals(der));
      expectTrue(found?.friendlyName === friendlyName, `listed as ${String(found?.friendlyName)}`);
    },
  },
  {
    what: 'the same PFXImportCertStore opens a PKCS #12 file of `createPkcs12` for the person',
    expects: 'works',
    run: () => importWith(directory, CRYPT_USER_KEYSET),
  },
  {
    what: '… and puts its key into CNG, as `WindowsCertificates.importPkcs12` asks',
    expects: 'PFXImportCertStore opens nothing',
    run: () => importWith(directory, CRYPT_USER_KEYSET | PKCS12_ALWAYS_CNG_KSP),
  },
  {
    what: 'a key that is not CNG’s is none of ours',
    expects: 'Windows finds no key for it',
    run: async () => {
      const certificates = await openCertificates();
      const der = sample(directory, 'certificate.pem');
      expectTrue(certificates.hasKey(der), 'Windows finds no key for it');
    },
  },
  {
    what: 'a certificate is told which key of CNG is its own (CRYPT_KEY_PROV_INFO), and says so',
    expects: 'works',
    run: async () => {
      const told = await keyProvInfoOf(sample(directory, 'certificate.pem'));
      expectTrue(told === 'org.countersign.x in Microsoft Software Key Storage Provider', told);
    },
  },
];

/** In another process. */
export const installStoreFinds = (directory: string): readonly Check[] => [
  {
    what: 'another process finds issuer and credential, and removes both for good',
    expects: 'works',
    run: async () => {
      const certificates = await openCertificates();
      const der = sample(directory, 'certificate.pem');
      const named = certificates.list('CA').find((each) => each.der.equals(der));
      expectTrue(named?.friendlyName === friendlyName, 'another name');
      for (const store of ['CA', 'MY'] as const) {
        expectTrue(certificates.has(store, der), `it is not in ${store}`);
        certificates.remove(store, der, { withKey: false });
        expectTrue(!certificates.has(store, der), `it is still in ${store}`);
      }
    },
  },
];

const openCertificates = async (): Promise<WindowsCertificates> =>
  new WindowsCertificates(await loadCrypt32(target), target);

const sample = (directory: string, name: string): Buffer =>
  new X509Certificate(readFileSync(join(directory, name))).raw;

async function importWith(directory: string, flags: number): Promise<void> {
  const crypt32 = await loadCrypt32(target);
  const file = readFileSync(join(directory, 'credential.p12'));
  const blob = { cbData: file.length, pbData: file };
  const store = crypt32.PFXImportCertStore(blob, samplePassphrase, flags);
  if (store === null) throw new Error('PFXImportCertStore opens nothing');
  crypt32.CertCloseStore(store, 0);
}

/** What crypt32 gives back is the structure of its header again. */
async function keyProvInfoOf(der: Buffer): Promise<string> {
  const crypt32 = await loadCrypt32(target);
  const context = crypt32.CertCreateCertificateContext(1, der, der.length);
  if (context === null) throw new Error('CertCreateCertificateContext');
  crypt32.setKeyProvInfo(context, 2, 0, {
    pwszContainerName: 'org.countersign.x',
    pwszProvName: 'Microsoft Software Key Storage Provider',
    ...{ dwProvType: 0, dwFlags: 0, cProvParam: 0, rgProvParam: null, dwKeySpec: 0 },
  });
  const value = Buffer.alloc(1024);
  const size: Out<number> = [value.length];
  if (crypt32.CertGetCertificateContextProperty(context, 2, value, size) === 0) {
    throw new Error('CertGetCertificateContextProperty');
  }
  const structure = koffi.struct({ container: 'str16', provider: 'str16', type: 'uint32_t' });
  const told = koffi.decode(value, structure) as Readonly<Record<string, unknown>>;
  crypt32.CertFreeCertificateContext(context);
  return `${String(told['container'])} in ${String(told['provider'])}`;
}
