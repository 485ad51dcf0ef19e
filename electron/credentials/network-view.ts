import { createHash, X509Certificate } from 'node:crypto';
import type { NetworkDescription, NetworkView } from '../../shared/models/network.ts';

/** A network as the person sees it: its roots by name and fingerprint. Never throws. */
export function networkView({ serverRoots, ...network }: NetworkDescription): NetworkView {
  return { ...network, serverRoots: serverRoots.map(rootView) };
}

/** What is no certificate, which targets refuse, has no name. */
function rootView(base64: string): NetworkView['serverRoots'][number] {
  const der = Buffer.from(base64, 'base64');
  const sha256 = createHash('sha256').update(der).digest('hex');
  return { name: subjectOf(der)?.replaceAll('\n', ', ') ?? '', sha256 };
}

function subjectOf(der: Buffer): string | undefined {
  try {
    return new X509Certificate(der).subject;
  } catch {
    // An organisation's profile holds whatever it was written with; one bad root must not hide the whole wallet.
    return undefined;
  }
}
