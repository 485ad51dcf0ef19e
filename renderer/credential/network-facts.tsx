import type { NetworkView } from '../../shared/models/network.ts';
import { commonName } from '../distinguished-name.ts';
import { groupedHex } from '../organization/fingerprint.ts';
import { Facts, type Fact } from '../ui/facts.tsx';
import { useWords } from '../words.ts';

/** Which networks a description is for, each by its name. */
export function useNetworkNames(): (network: NetworkView) => string {
  const { say, list } = useWords();
  return ({ ssids, wired }) =>
    list(
      [
        ...ssids.map((name) => say('what.network.wifi', { name })),
        ...(wired ? [say('what.network.wired')] : []),
      ],
      'and',
    );
}

/** By what a computer tells the right server from any other, and what it says before it has. */
export function NetworkFacts({ network }: { readonly network: NetworkView }) {
  const { say, list } = useWords();
  const { serverNames, serverRoots, outerIdentity } = network;
  const facts: readonly Fact[] = [
    [say('networks.servers'), list(serverNames, 'or')],
    [
      say('networks.roots'),
      <ul key="roots" className="network-roots">
        {serverRoots.map(({ name, sha256 }) => (
          <li key={sha256}>
            <bdi>{commonName(name)}</bdi>
            <br />
            <code className="quiet small">{groupedHex(sha256)}</code>
          </li>
        ))}
      </ul>,
    ],
    [say('networks.outer'), say('networks.outer.text', { identity: outerIdentity })],
  ];
  return <Facts facts={facts} />;
}
