import type { ReactNode } from 'react';
import type { ApprovalDocument } from '../../shared/models/approval.ts';
import { Domain, Name, Party } from '../names/name.tsx';
import type { MessageId, Words } from '../words.ts';
import { KeyFacts } from './key-facts.tsx';
import type { Section } from './part.tsx';
import { Quote } from './quote.tsx';
import { RuleFacts } from './rule-facts.tsx';
import { spanWords } from './span-words.ts';
import { UsageList } from './usage-list.tsx';

export type OrderDocument = Extract<ApprovalDocument, { kind: 'order' }>;
export type StandingDocument = Extract<ApprovalDocument, { kind: 'standing' }>;

/** One member of a document in plain words. */
export interface PlainRow {
  readonly member: string;
  readonly section: Section;
  readonly label: MessageId;
  readonly value: ReactNode;
}

/** How one member is told; `exact`: it says nothing to people, and stands where the whole document does. */
type Told<Document, Member extends keyof Document> =
  | 'exact'
  | {
      readonly section: Section;
      readonly label: MessageId;
      readonly value: (value: Document[Member], words: Words) => ReactNode;
    };

/** A member without an entry does not compile, so nothing is signed that nobody thought of showing. */
type EveryMember<Document> = { readonly [Member in keyof Document]-?: Told<Document, Member> };

type Common = Pick<OrderDocument, keyof OrderDocument & keyof StandingDocument>;

const common = {
  version: 'exact',
  kind: 'exact',
  url: 'exact',
  requested: {
    section: 'who',
    label: 'approval.row.requested',
    value: (time, { dateTime }) => dateTime(time),
  },
  organization: {
    section: 'what',
    label: 'approval.row.organization',
    value: (name) => <Name text={name} />,
  },
  identifiers: {
    section: 'what',
    label: 'approval.row.identifiers',
    value: (identifiers) => <Identifiers identifiers={identifiers} />,
  },
  usages: {
    section: 'what',
    label: 'approval.row.usages',
    value: (usages) => <UsageList usages={usages} />,
  },
  lifetime: {
    section: 'what',
    label: 'approval.row.lifetime',
    value: (seconds, words) => words.say('approval.lifetime', { span: spanWords(seconds, words) }),
  },
  profile: {
    section: 'what',
    label: 'approval.row.profile',
    value: (name) => <Name text={name} />,
  },
  reason: {
    section: 'why',
    label: 'approval.row.reason',
    value: (reason, { say }) =>
      reason === '' ? (
        <span className="quiet">{say('approval.noReason')}</span>
      ) : (
        <Quote text={reason} />
      ),
  },
  rule: {
    section: 'deciding',
    label: 'approval.row.rule',
    value: (rule) => <RuleFacts rule={rule} />,
  },
  expires: {
    section: 'deciding',
    label: 'approval.row.expires',
    value: (time, { dateTime }) => dateTime(time),
  },
} satisfies Partial<EveryMember<Common>>;

const orderRows: EveryMember<OrderDocument> = {
  requestedBy: {
    section: 'who',
    label: 'approval.row.requestedBy',
    value: (party) => <Party party={party} />,
  },
  ...common,
  order: 'exact',
  requester: 'exact',
  key: {
    section: 'key',
    label: 'approval.row.key',
    value: (key) => <KeyFacts approvedKey={key} />,
  },
};

const standingRows: EveryMember<StandingDocument> = {
  proposedBy: {
    section: 'who',
    label: 'approval.row.proposedBy',
    value: (party) => <Party party={party} />,
  },
  requestedBy: {
    section: 'who',
    label: 'approval.row.standingFor',
    value: (party) => <Party party={party} />,
  },
  ...common,
  // The service or person that it is for wrote nothing.
  reason: { ...common.reason, label: 'approval.row.standingReason' },
  count: {
    section: 'what',
    label: 'approval.row.count',
    value: (count, { say }) => say('approval.count', { count }),
  },
  until: {
    section: 'what',
    label: 'approval.row.until',
    value: (time, { dateTime }) => dateTime(time),
  },
};

/** What a document says to people, in the order in which it is read. */
export function plainRows(document: ApprovalDocument, words: Words): readonly PlainRow[] {
  return document.kind === 'order'
    ? rowsOf(orderRows, document, words)
    : rowsOf(standingRows, document, words);
}

function rowsOf<Document extends object>(
  rows: EveryMember<Document>,
  document: Document,
  words: Words,
): readonly PlainRow[] {
  const members = Object.keys(rows) as (keyof Document & string)[];
  return members.flatMap((member) => rowOf(member, rows[member], document, words));
}

function rowOf<Document, Member extends keyof Document & string>(
  member: Member,
  told: Told<Document, Member>,
  document: Document,
  words: Words,
): readonly PlainRow[] {
  if (told === 'exact') return [];
  const { section, label, value } = told;
  return [{ member, section, label, value: value(document[member], words) }];
}

function Identifiers({ identifiers }: Pick<ApprovalDocument, 'identifiers'>) {
  return (
    <ul className="approval-identifiers">
      {identifiers.map(({ type, value }) => (
        <li key={`${type} ${value}`}>
          {type === 'dns' ? <Domain domain={value} /> : <Name text={value} />}
        </li>
      ))}
    </ul>
  );
}
