import type { ApprovalPerson, ApprovalRequester } from '../../shared/models/approval.ts';
import { isolated } from '../bidi.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { MarkNotes } from './mark-notes.tsx';
import { domainReading, nameMarks } from './name-marks.ts';
import './names.css';

/** A name from outside, kept apart from what stands around it, with what it might be mistaken for. */
export function Name({ text }: { readonly text: string }) {
  return (
    <>
      <bdi>{text}</bdi>
      <MarkNotes marks={nameMarks(text)} />
    </>
  );
}

/** A person or a service as the organisation's CA knows them: the whole address always stands there. */
export function Party({ party }: { readonly party: ApprovalRequester | ApprovalPerson }) {
  const { say } = useWords();
  if ('service' in party) {
    return (
      <span className="party">
        <span>{say('approval.service', { name: isolated(party.service) })}</span>
        <MarkNotes marks={nameMarks(party.service)} />
      </span>
    );
  }
  return (
    <span className="party">
      <strong>
        <bdi>{party.name}</bdi>
      </strong>
      <span className="party-address">
        <Icon name="mail" size={16} />
        <bdi>{party.email}</bdi>
      </span>
      <MarkNotes marks={[...nameMarks(party.name), ...addressMarks(party.email)]} />
    </span>
  );
}

function addressMarks(address: string) {
  const at = address.lastIndexOf('@');
  return [...nameMarks(address.slice(0, at)), ...domainReading(address.slice(at + 1)).marks];
}

/** A domain as it is signed; how it reads stands beside it and is called a reading. */
export function Domain({ domain }: { readonly domain: string }) {
  const { say } = useWords();
  const { ascii, reading, marks } = domainReading(domain);
  return (
    <>
      <bdi className={reading === undefined ? undefined : 'domain-ascii'}>{ascii}</bdi>
      {reading !== undefined && (
        <span className="name-note">{say('name.reading', { reading: isolated(reading) })}</span>
      )}
      <MarkNotes marks={marks} />
    </>
  );
}
