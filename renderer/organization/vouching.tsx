import type { SignerFingerprint, VouchedBy } from '../../shared/models/organization.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { groupedHex } from './fingerprint.ts';

interface VouchingProps {
  readonly vouchedBy: VouchedBy | null;
  readonly signer: SignerFingerprint;
  readonly rootFingerprints: readonly string[];
}

/** Who says that this organisation is who it claims to be; nobody, and the person has to compare. */
export function Vouching({ vouchedBy, signer, rootFingerprints }: VouchingProps) {
  const { say } = useWords();
  return (
    <Card>
      <div className={vouchedBy === null ? 'vouching vouching-open' : 'vouching'}>
        <h2 className="vouching-title">
          <Icon name={vouchedBy === null ? 'warning' : 'shield'} size={22} />
          {say(vouchedBy === null ? 'vouching.compare.title' : 'vouching.title')}
        </h2>
        {vouchedBy === null ? <Comparison signer={signer} /> : <Voucher vouchedBy={vouchedBy} />}
        <Fingerprints
          signer={signer}
          rootFingerprints={rootFingerprints}
          wordsShown={vouchedBy === null}
        />
      </div>
    </Card>
  );
}

function Comparison({ signer }: { readonly signer: SignerFingerprint }) {
  const { say } = useWords();
  return (
    <>
      <p>{say('vouching.compare.text')}</p>
      <FingerprintWords signer={signer} />
      <p className="quiet">{say('vouching.compare.caution')}</p>
    </>
  );
}

function FingerprintWords({ signer }: { readonly signer: SignerFingerprint }) {
  const { say } = useWords();
  return (
    <ol className="fingerprint-words" aria-label={say('vouching.words')} lang="en" dir="ltr">
      {signer.words.map((word, index) => (
        <li key={index}>{word}</li>
      ))}
    </ol>
  );
}

function Voucher({ vouchedBy }: { readonly vouchedBy: VouchedBy }) {
  const { say } = useWords();
  switch (vouchedBy.by) {
    case 'managed-policy':
      return (
        <>
          <p>{say('vouching.policy')}</p>
          <p className="quiet small breakable">
            {say('vouching.policy.source', { source: vouchedBy.source })}
          </p>
        </>
      );
    case 'domain':
      return (
        <>
          <p className="organization-domain breakable">{vouchedBy.domain}</p>
          <p>{say('vouching.domain', { domain: vouchedBy.domain })}</p>
        </>
      );
    case 'comparison':
      return <p>{say('vouching.comparison')}</p>;
    case 'local-ca':
      return <p>{say('vouching.localCa')}</p>;
  }
}

interface FingerprintsProps extends Omit<VouchingProps, 'vouchedBy'> {
  /** The words stand above already. */
  readonly wordsShown: boolean;
}

function Fingerprints({ signer, rootFingerprints, wordsShown }: FingerprintsProps) {
  const { say } = useWords();
  return (
    <Disclosure label={say('details')}>
      <div className="fingerprints">
        {!wordsShown && <FingerprintWords signer={signer} />}
        <div>
          <h3>{say('vouching.signer')}</h3>
          <Digest hex={signer.hex} />
        </div>
        <div>
          <h3>{say('vouching.roots')}</h3>
          {rootFingerprints.length === 0 && <p>{say('vouching.roots.system')}</p>}
          {rootFingerprints.map((root) => (
            <Digest key={root} hex={root} />
          ))}
        </div>
      </div>
    </Disclosure>
  );
}

function Digest({ hex }: { readonly hex: string }) {
  return (
    <p className="fingerprint-hex" dir="ltr">
      {groupedHex(hex)}
    </p>
  );
}
