import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { networkId } from '../install/network/network-id.ts';
import type { CredentialUse } from '../wallet/schemas.ts';

/** What the credentials of an offer are used for. */
export function useOf(offer: CredentialOffer): CredentialUse {
  const { probe, timestamp } = offer;
  const networks = networksOf(offer);
  const sites = offer.install.flatMap((each) =>
    each.target === 'browser' ? (each.sites ?? []) : [],
  );
  const { url, radius, network = false } = probe ?? {};
  return {
    ...(url !== undefined && { probeUrl: url }),
    ...(radius && { radiusProbe: { host: radius.host, port: radius.port, secret: radius.secret } }),
    ...(network && { probesNetwork: true }),
    ...(networks.length > 0 && { networks }),
    ...(sites.length > 0 && { sites: [...new Set(sites)] }),
    ...(timestamp && {
      timestamp: { url: timestamp.url, ...(timestamp.roots && { roots: timestamp.roots }) },
    }),
  };
}

/** That of a plan, for the record of what was issued by it. */
export const useIn = ({
  probeUrl,
  radiusProbe,
  probesNetwork,
  networks,
  sites,
  timestamp,
}: CredentialUse): CredentialUse => ({
  ...(probeUrl !== undefined && { probeUrl }),
  ...(radiusProbe && { radiusProbe }),
  ...(probesNetwork !== undefined && { probesNetwork }),
  ...(networks && { networks }),
  ...(sites && { sites }),
  ...(timestamp && { timestamp }),
});

function networksOf({ install }: CredentialOffer): readonly NetworkDescription[] {
  return install.flatMap((wish): readonly NetworkDescription[] => {
    if (wish.target !== 'eap-tls') return [];
    const { ssids, wired, serverNames, serverRoots, outerIdentity } = wish;
    const said = { ssids, wired, serverNames, serverRoots, outerIdentity };
    const name = ssids[0] ?? serverNames[0] ?? '';
    return [{ id: networkId(said), name, source: 'organization', ...said }];
  });
}
