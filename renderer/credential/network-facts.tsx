import type { NetworkView } from '../../shared/models/network.ts';
import { commonName } from '../distinguished-name.ts';
import { groupedHex } from '../organization/fingerprint.ts';
import { Disclosure } from '../ui/disclosure.tsx';
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

interface NetworkFactsProps {
  readonly network: NetworkView;
  /** Where the facts themselves are behind details already. */
  readonly fingerprints?: 'shown' | 'folded';
}

/** By what a computer tells the right server from any other, and what it says before it has. */
export function NetworkFacts({ network, fingerprints = 'shown' }: NetworkFactsProps) {
  const { say, list } = useWords();
  const { serverNames, serverRoots, outerIdentity } = network;
  const names = (
    <ul>
      {serverRoots.map(({ name, sha256 }) => (
        <li key={sha256}>
          <bdi>{name === '' ? say('networks.roots.unreadable') : commonName(name)}</bdi>
        </li>
      ))}
    </ul>
  );
  const digests = (
    <ul className="network-roots">
      {serverRoots.map(({ sha256 }) => (
        <li key={sha256}>
          <code className="quiet small">{groupedHex(sha256)}</code>
        </li>
      ))}
    </ul>
  );
  const facts: readonly Fact[] = [
    [say('networks.servers'), list(serverNames, 'or')],
    [say('networks.roots'), names],
    [say('networks.outer'), say('networks.outer.text', { identity: outerIdentity })],
  ];
  if (fingerprints === 'shown')
    return <Facts facts={[...facts, [say('networks.fingerprints'), digests]]} />;
  return (
    <div>
      <Facts facts={facts} />
      <Disclosure label={say('networks.fingerprints')}>{digests}</Disclosure>
    </div>
  );
}
