import { X509Certificate } from 'node:crypto';

/** Which of a certificate's chains to take (RFC 8555 §7.4.2). */
export type ChainPolicy =
  /** The one that the CA hands out first. */
  | { readonly prefer: 'default' }
  /** One that leads to this root. */
  | ({ readonly prefer: 'root' } & RootChoice)
  /** The fewest certificates: the least to send in each handshake. */
  | { readonly prefer: 'shortest' }
  /** The one whose authorities all last longest. */
  | { readonly prefer: 'longest-lived' };

/** A root by its certificate (PEM), by the SHA-256 of it (hex, colons or none), or by its common name. */
export type RootChoice =
  | { readonly certificate: string }
  | { readonly fingerprint: string }
  | { readonly commonName: string };

/** Which chain it became: the default one stands in when no chain is as preferred. */
export type ChainChoice = 'default' | 'preferred' | 'not-offered';

/** The place in `chains`, the default one first, of the one to take. */
export function chooseChain(
  chains: readonly (readonly string[])[],
  policy: ChainPolicy,
): { readonly index: number; readonly choice: ChainChoice } {
  const parsed = chains.map((chain) => chain.map((pem) => new X509Certificate(pem)));
  const index = preferredIndex(parsed, policy);
  if (policy.prefer === 'default') return { index: 0, choice: 'default' };
  return index === -1 ? { index: 0, choice: 'not-offered' } : { index, choice: 'preferred' };
}

type Chain = readonly X509Certificate[];

function preferredIndex(chains: readonly Chain[], policy: ChainPolicy): number {
  switch (policy.prefer) {
    case 'default':
      return 0;
    case 'root':
      return chains.findIndex((chain) => leadsTo(chain, policy));
    case 'shortest':
      return least(chains.map(({ length }) => length));
    case 'longest-lived':
      return least(chains.map((chain) => -endOf(chain)));
  }
}

/** The first of the smallest, so that the CA's own order decides between equals. */
const least = (sizes: readonly number[]): number => sizes.indexOf(Math.min(...sizes));

/** When the first of its authorities expires; the certificate itself is in every chain. */
function endOf(chain: Chain): number {
  const authorities = chain.length > 1 ? chain.slice(1) : chain;
  return Math.min(...authorities.map(({ validToDate }) => validToDate.getTime()));
}

function leadsTo(chain: Chain, root: RootChoice): boolean {
  const last = chain.at(-1);
  if (last === undefined) return false;
  if ('certificate' in root) return isOrIsSignedBy(last, new X509Certificate(root.certificate));
  if ('fingerprint' in root) {
    // Only a chain that has its root along can be known by the root's digest.
    return plainHex(last.fingerprint256) === plainHex(root.fingerprint);
  }
  // RFC 8555 §7.4.2 lets the root be left out; the last certificate names it then.
  return commonNamesOf(last.issuer).includes(root.commonName);
}

function isOrIsSignedBy(certificate: X509Certificate, root: X509Certificate): boolean {
  if (certificate.fingerprint256 === root.fingerprint256) return true;
  return certificate.checkIssued(root) && certificate.verify(root.publicKey);
}

const plainHex = (text: string): string => text.replaceAll(':', '').toLowerCase();

/** Node writes an attribute per line. */
const commonNamesOf = (name: string): readonly string[] =>
  name.split('\n').flatMap((line) => (line.startsWith('CN=') ? [line.slice(3)] : []));
