import type { VouchedBy } from '../../shared/models/organization.ts';

/** Whose word an organisation's page for passkeys would be shown on. */
export interface PageVoucher {
  /** PEM roots that the organisation brought along; undefined: this computer's own vouch for the server. */
  readonly roots: readonly string[] | undefined;
  /** Who vouches for the organisation. */
  readonly vouchedBy: VouchedBy;
}

/**
 * Whether a page at that origin may ask for the passkeys of its host in a window of the wallet. An organisation's own
 * roots vouch for a page at whatever host its profile names, somebody else's too, and a page asks for an assertion over
 * any challenge: so whoever stands behind those roots has to have a say over the host (docs/wire-profile.md §4.1).
 */
export function mayShowPage(origin: string, voucher: PageVoucher | undefined): boolean {
  if (voucher === undefined) return false;
  const { roots, vouchedBy } = voucher;
  const host = URL.parse(origin)?.hostname;
  if (host === undefined) return false;
  return roots === undefined || hasSayOver(host, vouchedBy);
}

function hasSayOver(host: string, vouchedBy: VouchedBy): boolean {
  switch (vouchedBy.by) {
    case 'managed-policy':
      return true;
    case 'domain':
      return isBelow(host, vouchedBy.domain);
    case 'local-ca':
      return isLoopback(host);
    default:
      // Whose words were compared is known to have signed the profile, and not whose hosts it names; of a rank that
      // only a later version knows, nothing is.
      return false;
  }
}

/** The URL parser makes of every spelling of a domain the one that hosts have. */
function isBelow(host: string, domain: string): boolean {
  const spelled = URL.parse(`https://${domain}`);
  if (spelled?.href !== `https://${spelled?.hostname ?? ''}/`) return false;
  return host === spelled.hostname || host.endsWith(`.${spelled.hostname}`);
}

// RFC 6761 §6.3; RFC 1122 §3.2.1.3, RFC 4291 §2.5.3.
const isLoopback = (host: string): boolean =>
  /^(?:.+\.)?localhost$/.test(host) || /^127(?:\.\d+){3}$/.test(host) || host === '[::1]';
