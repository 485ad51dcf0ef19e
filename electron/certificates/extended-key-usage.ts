import type { Purpose, ServiceUsage } from '../../shared/models/enrollment-profile.ts';

/** Extended key usages by their RFC 5280 §4.2.1.12, RFC 9336 and vendors' names. */
const names: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '1.3.6.1.5.5.7.3.9': 'OCSPSigning',
  '1.3.6.1.5.5.7.3.14': 'eapOverLAN',
  '1.3.6.1.5.5.7.3.36': 'documentSigning',
  '1.3.6.1.4.1.311.20.2.2': 'smartcardLogon',
  '2.5.29.37.0': 'anyExtendedKeyUsage',
};

export const anyExtendedKeyUsage = '2.5.29.37.0';

const usageFor: Readonly<Record<Purpose, string>> = {
  client: '1.3.6.1.5.5.7.3.2',
  device: '1.3.6.1.5.5.7.3.2',
  service: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  documentSigning: '1.3.6.1.5.5.7.3.36',
  email: '1.3.6.1.5.5.7.3.4',
};

const serviceUsage: Readonly<Record<ServiceUsage, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};

/** What a certificate must allow, all of it, to be of use for that purpose; `usages` in place of its usual one. */
export const extendedKeyUsagesFor = (
  purpose: Purpose,
  usages?: readonly ServiceUsage[],
): readonly string[] => usages?.map((usage) => serviceUsage[usage]) ?? [usageFor[purpose]];

/** The usual name, or the OID where there is none. */
export const extendedKeyUsageName = (oid: string): string => names[oid] ?? oid;
