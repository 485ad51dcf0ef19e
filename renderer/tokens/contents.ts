import type { TokenCertificateView, TokenKeyView, TokenView } from '../../shared/models/token.ts';
import { commonName } from '../distinguished-name.ts';

/** What lies under one CKA_ID: a key with its certificate, or one of them alone. */
export interface TokenItem {
  readonly keyId: string;
  readonly key?: TokenKeyView;
  readonly certificate?: TokenCertificateView;
}

/** The keys with their certificates, those of this wallet first, then the certificates that have no key there. */
export function contentsOf({ keys, certificates }: TokenView): readonly TokenItem[] {
  const rest = [...certificates];
  const items = keys.map((key): TokenItem => {
    const index = rest.findIndex(({ keyId }) => keyId === key.keyId);
    const [certificate] = index < 0 ? [] : rest.splice(index, 1);
    return { keyId: key.keyId, key, ...(certificate === undefined ? {} : { certificate }) };
  });
  const alone = rest.map((certificate): TokenItem => ({ keyId: certificate.keyId, certificate }));
  const ours = items.filter(({ key }) => key?.owner !== 'foreign');
  const others = items.filter(({ key }) => key?.owner === 'foreign');
  return [...ours, ...others, ...alone];
}

/** What to call it: whom the certificate is for, else the label that somebody gave it. */
export function itemName({ key, certificate }: TokenItem): string {
  const subject = certificate === undefined ? '' : commonName(certificate.subject);
  return (
    [subject, key?.label, certificate?.label].find((name) => name !== undefined && name !== '') ??
    ''
  );
}

const day = 86_400_000;

/** How long a certificate still counts, in whole days. */
export function daysLeft(
  { notBefore, notAfter }: Pick<TokenCertificateView, 'notBefore' | 'notAfter'>,
  now: number,
): { readonly is: 'early' | 'over' } | { readonly is: 'valid'; readonly days: number } {
  if (now < Date.parse(notBefore)) return { is: 'early' };
  const left = Date.parse(notAfter) - now;
  return left < 0 ? { is: 'over' } : { is: 'valid', days: Math.floor(left / day) };
}
