import type { TokenCertificateView, TokenView } from '../../shared/models/token.ts';

type Card = Pick<TokenView, 'manufacturer' | 'model' | 'certificates'>;

/**
 * The certificate that one written beside that key would take away; `null`: none, or one that the key has signed itself,
 * which is there only because modules show no key without a certificate.
 */
export function certificateInTheWay(card: Card, keyId: string): TokenCertificateView | null {
  if (!hasOneCertificateForEachKey(card)) return null;
  const there = card.certificates.find((certificate) => certificate.keyId === keyId);
  return there === undefined || there.isSelfSigned ? null : there;
}

/** PIV cards (NIST SP 800-73-4 part 1 §3.1), as OpenSC and Yubico's module call them: a slot holds one certificate. */
function hasOneCertificateForEachKey({ manufacturer, model }: Card): boolean {
  if (/^piv/i.test(manufacturer)) return /PKCS#15/i.test(model);
  return /^yubico/i.test(manufacturer) && /^yubikey/i.test(model);
}
