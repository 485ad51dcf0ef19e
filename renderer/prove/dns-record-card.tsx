import type { DnsRecord } from '../../shared/enrollment-state.ts';
import { useWords } from '../words.ts';
import { CopyButton } from '../copy/copy-button.tsx';

/** A record as the forms of DNS providers ask for it. */
export function DnsRecordCard({ record }: { readonly record: DnsRecord }) {
  const { say } = useWords();
  const { name, type, value, ttl } = record;
  return (
    <dl className="record">
      <div className="record-part">
        <dt>{say('prove.record.name')}</dt>
        <dd>
          <code>{name}</code>
          <CopyButton text={name} name={say('prove.record.copyName')} />
        </dd>
      </div>
      <div className="record-part">
        <dt>{say('prove.record.value')}</dt>
        <dd>
          <code>{value}</code>
          <CopyButton text={value} name={say('prove.record.copyValue')} />
        </dd>
      </div>
      <div className="record-part record-short">
        <dt>{say('prove.record.type')}</dt>
        <dd>
          <code>{type}</code>
        </dd>
      </div>
      <div className="record-part record-short">
        <dt>{say('prove.record.ttl')}</dt>
        <dd>{say('prove.record.seconds', { seconds: ttl })}</dd>
      </div>
    </dl>
  );
}
