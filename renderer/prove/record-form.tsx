import type { RecordChallengeView } from '../../shared/enrollment-state.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { useRequest } from '../use-request.ts';
import { useWords } from '../words.ts';
import { DnsRecordCard } from './dns-record-card.tsx';
import { PrimaryAction } from './primary-action.tsx';
import { PermissionNote } from './permission-note.tsx';
import type { ProofSubject } from './proof-subject.ts';
import { SightingNote } from './sighting-note.tsx';

interface RecordFormProps {
  readonly subject: ProofSubject;
  readonly challenge: RecordChallengeView;
}

/** Shows a DNS record for the person to publish, and tells what can be seen of it. */
export function RecordForm({ subject, challenge }: RecordFormProps) {
  const { say } = useWords();
  const request = useRequest();
  const { organizationId, caHost, identifier, helpdesk } = subject;
  const { challengeId, record, stays, permits, sighting } = challenge;
  const domain = identifier.value.replace(/^\*\./, '');
  const looking = request.busy || subject.sending;
  const failure = request.failure ?? challenge.lastFailure ?? null;
  const claim = (unseen: boolean): void => {
    const answer = { by: 'record', unseen } as const;
    void request.send(() => subject.answer(challengeId, answer));
  };
  return (
    <div className="proof-entry">
      <p>{say('prove.record.lead', { domain })}</p>
      {permits !== undefined && <PermissionNote permits={permits} domain={domain} host={caHost} />}
      <DnsRecordCard record={record} />
      <p className="quiet small">
        {say('prove.record.hint')} {say(stays ? 'prove.record.stays' : 'prove.record.leaves')}
      </p>
      <PrimaryAction>
        <Button tone="primary" busy={looking} onPress={() => claim(false)}>
          {say(looking ? 'prove.record.looking' : 'prove.record.submit')}
        </Button>
      </PrimaryAction>
      {sighting !== undefined && !looking && (
        <SightingNote
          key={sighting.at}
          sighting={sighting}
          host={caHost}
          onTrust={() => claim(true)}
        />
      )}
      {failure !== null && !looking && (
        <FailureMessage
          failure={failure}
          helpdesk={helpdesk}
          organizationId={organizationId}
          tone="warning"
        />
      )}
    </div>
  );
}
