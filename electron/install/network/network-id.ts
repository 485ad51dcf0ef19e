import { createHash } from 'node:crypto';
import type { NetworkDescription } from '../../../shared/models/network.ts';

/** Of what is said of a network, whoever says it. */
export function networkId({
  ssids,
  wired,
  serverNames,
  serverRoots,
  outerIdentity,
}: Omit<NetworkDescription, 'id' | 'name' | 'source'>): string {
  const said = { ssids, wired, serverNames, serverRoots, outerIdentity };
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32);
}
