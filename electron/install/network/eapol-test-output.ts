import type { ProofLink } from '../../../shared/failure.ts';
import { namesAskedFor } from './trusted-names.ts';

/** What came of one attempt to sign in, as eapol_test(8) tells it. */
export type SignInOutcome =
  | { readonly status: 'signed-in' }
  | {
      readonly status: 'failed';
      readonly link: ProofLink;
      /** For the person beside the link. */
      readonly detail: string;
      /** DER names of those whose certificates the server asked for; none where it did not say. */
      readonly askedFor: readonly Buffer[];
    };

/** Its lines are marked by their beginnings; what a server sends stands further to the right, with controls escaped. */
export function outcomeOf(exitCode: number, output: string): SignInOutcome {
  const lines = output.split('\n');
  if (exitCode === 0 && lines.includes('SUCCESS')) return { status: 'signed-in' };
  const { link, detail } = ownFault(lines) ?? serverFault(lines) ?? theirVerdict(lines);
  return { status: 'failed', link, detail, askedFor: askedFor(lines) };
}

interface Finding {
  readonly link: ProofLink;
  readonly detail: string;
}

/** The key, before anything is sent. */
function ownFault(lines: readonly string[]): Finding | null {
  const isAbout = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
  if (
    isAbout(/^(?:ENGINE|OpenSSL|TLS): .*(?:PIN (?:incorrect|locked|invalid|expired)|Login failed)/i)
  ) {
    return { link: 'pin', detail: 'the token refused the PIN' };
  }
  if (
    isAbout(
      /^(?:ENGINE: (?:cannot load (?:private key|client cert)|engine init failed)|TLS: Failed to load (?:private key|client certificate))/,
    )
  ) {
    return { link: 'key', detail: 'the key could not be used' };
  }
  return null;
}

// enum tls_fail_reason of wpa_supplicant 2.10, src/crypto/tls.h.
const nameReasons: readonly number[] = [5, 6, 9, 10, 12];

/** What is wrong with the server's own certificate. */
function serverFault(lines: readonly string[]): Finding | null {
  for (const line of lines) {
    const found = /^CTRL-EVENT-EAP-TLS-CERT-ERROR reason=(\d{1,2}) depth=\d+ .*err='([^']*)'$/.exec(
      line,
    );
    if (found === null) continue;
    const [, reason = '', detail = ''] = found;
    const link = nameReasons.includes(Number(reason)) ? 'name-mismatch' : 'server-ca';
    return { link, detail };
  }
  return null;
}

/** RFC 8446 §6, by the names that OpenSSL gives the alerts that a server sends about our certificate. */
const linkOfAlert: Readonly<Record<string, ProofLink>> = {
  'certificate revoked': 'revoked',
  'certificate expired': 'expired',
  'unknown CA': 'wrong-ca',
  'unsupported certificate': 'purpose',
};

function theirVerdict(lines: readonly string[]): Finding {
  const alert = lines
    .map(
      (line) =>
        /^EAP: Status notification: remote TLS alert \(param=([A-Za-z ]{1,60})\)$/.exec(line)?.[1],
    )
    .find((each) => each !== undefined);
  if (alert !== undefined) {
    return { link: linkOfAlert[alert] ?? 'refused', detail: `TLS alert: ${alert}` };
  }
  const hasAnswered = lines.some((line) =>
    /^STA .*: Received RADIUS packet matched with a pending request/.test(line),
  );
  return hasAnswered
    ? { link: 'refused', detail: 'the server let nobody in and did not say why' }
    : { link: 'unreachable', detail: 'no answer, or none with the right secret' };
}

const heading = /^OpenSSL: RX ver=0x(303|304) content_type=22 \(handshake\/certificate request\)$/;
const dump = /^OpenSSL: Message - hexdump\(len=\d+\):((?: [0-9a-f]{2})+)$/;

function askedFor(lines: readonly string[]): readonly Buffer[] {
  const at = lines.findIndex((line) => heading.test(line));
  const version = heading.exec(lines[at] ?? '')?.[1] === '304' ? '1.3' : '1.2';
  const octets = dump.exec(lines[at + 1] ?? '')?.[1];
  if (octets === undefined) return [];
  return namesAskedFor(Buffer.from(octets.replaceAll(' ', ''), 'hex'), version);
}
