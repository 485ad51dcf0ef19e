import { X509Certificate } from 'node:crypto';
import type { NetworkDescription, NetworkView } from '../../shared/models/network.ts';

/** A network as the person sees it: its roots by name and fingerprint. */
export function networkView({ serverRoots, ...network }: NetworkDescription): NetworkView {
  return { ...network, serverRoots: serverRoots.map(rootView) };
}

function rootView(der: string): NetworkView['serverRoots'][number] {
  const { subject, fingerprint256 } = new X509Certificate(Buffer.from(der, 'base64'));
  return { name: subject, sha256: fingerprint256.replaceAll(':', '').toLowerCase() };
}
