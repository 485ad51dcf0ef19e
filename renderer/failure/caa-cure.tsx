import type { CaaRecord } from '../../shared/failure.ts';
import { CopyButton } from '../copy/copy-button.tsx';
import { useWords } from '../words.ts';

/** A record that would let the CA issue, as it stands in a zone file (RFC 8659 §4.1.1). */
export function CaaCure({ record }: { readonly record: CaaRecord }) {
  const { say } = useWords();
  const line = recordLine(record);
  return (
    <dl className="failure-record">
      <dt className="quiet small">{say('failure.caa.record')}</dt>
      <dd>
        <code>{line}</code>
        <CopyButton text={line} name={say('failure.caa.copy')} />
      </dd>
    </dl>
  );
}

const recordLine = ({ name, tag, value }: CaaRecord): string => `${name}. CAA 0 ${tag} "${value}"`;
