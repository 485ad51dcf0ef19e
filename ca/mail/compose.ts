import type { ApprovalDocument, SubjectWords } from '../approvals/document.ts';
import { plain } from './plain.ts';
import { mailWords } from './words.ts';
import type { Occasion } from './words.ts';

export type Letter = {
  readonly occasion: Occasion;
  readonly document: ApprovalDocument;
  /** Who did it, as the log calls them; undefined where nobody in particular did. */
  readonly by?: string | undefined;
  /** Hex, of a certificate. */
  readonly serial?: string | undefined;
  /** Page of the CA about the request. */
  readonly page: string;
};

type Composed = { readonly subject: string; readonly body: string };

/**
 * A mail in all languages: the CA does not know who reads which. Everything in it is from the CA's own register;
 * what requesters and approvers wrote is not.
 */
export function compose(letter: Letter): Composed {
  const { occasion, document } = letter;
  const languages = Object.values(mailWords);
  const subjects = languages.map(({ subjects }) => subjects[occasion]);
  return {
    subject: `${plain(document.organization)}: ${subjects.join(' / ')}`,
    body: `${languages.map((words) => paragraphs(letter, words)).join('\n\n* * *\n\n')}\n`,
  };
}

type Words = (typeof mailWords)['en'];

function paragraphs(letter: Letter, words: Words): string {
  const { occasion, by, page, document } = letter;
  const actor = plain(by ?? nameOf(document.requestedBy));
  const lines = factsOf(letter, words).map(([term, value]) => `  ${term}: ${plain(value, 600)}`);
  return [
    words.leads[occasion](actor),
    lines.join('\n'),
    words.elsewhere,
    `${words.page}\n\n  ${page}`,
    words.warning,
  ].join('\n\n');
}

type Fact = readonly [term: string, value: string];

function factsOf({ occasion, document, serial }: Letter, words: Words): readonly Fact[] {
  const isOpen = ['requested', 'proposed', 'reminder', 'approved', 'message'].includes(occasion);
  return [
    [words.organization, document.organization],
    [words.asks, nameOf(document.requestedBy)],
    ...standingFacts(document, words),
    [words.profile, document.profile],
    [words.names, document.identifiers.map(({ value }) => value).join(', ')],
    ...(isOpen ? [[words.decide, moment(document.expires)] as const] : []),
    ...(serial === undefined ? [] : [[words.serial, serial] as const]),
  ];
}

function standingFacts(document: ApprovalDocument, words: Words): readonly Fact[] {
  if (document.kind !== 'standing') return [];
  return [
    [words.proposes, nameOf(document.proposedBy)],
    [words.count, String(document.count)],
    [words.until, moment(document.until)],
  ];
}

function nameOf(subject: SubjectWords): string {
  return 'service' in subject ? subject.service : `${subject.name} (${subject.email})`;
}

/** RFC 3339, as people in every language read it. */
function moment(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}
