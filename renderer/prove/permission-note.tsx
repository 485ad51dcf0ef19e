import type { RecordPermission } from '../../shared/enrollment-state.ts';
import { Banner } from '../ui/banner.tsx';
import { useWords } from '../words.ts';

interface PermissionNoteProps {
  readonly permits: RecordPermission;
  readonly domain: string;
  readonly host: string;
}

/** What a record that stays means for as long as it is there. */
export function PermissionNote({ permits, domain, host }: PermissionNoteProps) {
  const { say } = useWords();
  const { issuer, isUnlisted, includesNamesBelow } = permits;
  const scope = includesNamesBelow ? 'prove.record.permits.below' : 'prove.record.permits.domain';
  return (
    <Banner tone={isUnlisted ? 'warning' : 'note'} title={say('prove.record.permits')}>
      <p className="breakable">{say(scope, { issuer, domain })}</p>
      <p>{say('prove.record.permits.end')}</p>
      {isUnlisted && (
        <p className="breakable">{say('prove.record.permits.unlisted', { issuer, host })}</p>
      )}
    </Banner>
  );
}
