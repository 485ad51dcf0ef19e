import { use } from 'react';
import type { ApprovalOrganization } from '../../shared/models/approval.ts';
import { ClockContext } from '../clock.ts';
import { Field } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { TextArea } from '../ui/text-area.tsx';
import { useWords } from '../words.ts';
import { longestText } from './one-line.ts';
import {
  dayRange,
  firstDraft,
  standingProfiles,
  type ProposalDraft,
  type ProposalFault,
} from './proposal.ts';
import { partyLine } from './sentences.ts';

interface ProposalFieldsProps {
  readonly organizations: readonly ApprovalOrganization[];
  readonly draft: ProposalDraft;
  readonly faults: readonly ProposalFault[];
  readonly onChange: (draft: ProposalDraft) => void;
}

/** For whom, and which certificates: what is chosen from what the organisation has. */
export function ProposalFields({ organizations, draft, faults, onChange }: ProposalFieldsProps) {
  const words = useWords();
  const { say } = words;
  const clock = use(ClockContext);
  const { organization } = draft;
  return (
    <div className="propose-fields">
      {organizations.length > 1 && (
        <Select
          label={say('propose.organization')}
          value={organization.organizationId}
          options={organizations.map(({ organizationId, name }) => ({
            value: organizationId,
            name,
          }))}
          onChoose={(id) => {
            const other = organizations.find(({ organizationId }) => organizationId === id);
            if (other !== undefined) onChange(firstDraft(other, clock()));
          }}
        />
      )}
      <Select
        label={say('propose.requester')}
        value={String(draft.requester)}
        options={organization.requesters.map((requester, index) => ({
          value: String(index),
          name: partyLine(requester, words),
        }))}
        onChoose={(index) => onChange({ ...draft, requester: Number(index) })}
      />
      <Select
        label={say('propose.profile')}
        value={draft.profile}
        options={standingProfiles(organization).map(({ name, description }) => ({
          value: name,
          name: description === '' ? name : description,
        }))}
        onChoose={(profile) => onChange({ ...draft, profile })}
      />
      <Select
        label={say('propose.domain')}
        value={draft.domain}
        options={organization.domains.map((domain) => ({ value: domain, name: domain }))}
        onChoose={(domain) => onChange({ ...draft, domain })}
      />
      <HowMany draft={draft} faults={faults} onChange={onChange} />
    </div>
  );
}

/** How many, until when, and why: what is typed. */
function HowMany({ draft, faults, onChange }: Omit<ProposalFieldsProps, 'organizations'>) {
  const { say } = useWords();
  const clock = use(ClockContext);
  const faultOf = (fault: ProposalFault) =>
    faults.includes(fault) ? say(`propose.${fault}.wrong`) : undefined;
  return (
    <>
      <Field
        label={say('propose.count')}
        inputMode="numeric"
        value={draft.count}
        maxLength={4}
        error={faultOf('count')}
        onText={(count) => onChange({ ...draft, count })}
      />
      <Field
        type="date"
        label={say('propose.day')}
        hint={say('propose.day.hint')}
        value={draft.day}
        {...dayRange(clock())}
        error={faultOf('day')}
        onText={(day) => onChange({ ...draft, day })}
      />
      <div className="propose-reason">
        <TextArea
          label={say('propose.reason')}
          hint={say('propose.reason.hint')}
          value={draft.reason}
          maxLength={longestText}
          error={faultOf('reason')}
          onText={(reason) => onChange({ ...draft, reason })}
        />
      </div>
    </>
  );
}
