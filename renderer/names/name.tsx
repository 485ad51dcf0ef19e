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
        <span>{say('approval.service.heading', { name: isolated(party.service) })}</span>
        <MarkNotes marks={nameMarks(party.service)} />
      </span>
    );
  }
  return (
    <span className="party">
      <strong>
        <bdi>{party.name}</bdi>
      </strong>
      <MarkNotes marks={nameMarks(party.name)} />
      <Address address={party.email} />
    </span>
  );
}

/** Whole, and with the letters that its domain stands for. */
function Address({ address }: { readonly address: string }) {
  const { say } = useWords();
  const at = address.lastIndexOf('@');
  const { reading, marks } = domainReading(address.slice(at + 1));
  return (
    <>
      <span className="party-address">
        <Icon name="mail" size={16} />
        <bdi>{address}</bdi>
      </span>
      {reading !== undefined && (
        <span className="name-note">{say('name.reading', { reading: isolated(reading) })}</span>
      )}
      <MarkNotes marks={[...nameMarks(address.slice(0, at)), ...marks]} />
    </>
  );
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
