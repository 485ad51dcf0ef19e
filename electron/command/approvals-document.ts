import { domainToUnicode } from 'node:url';
import type {
  ApprovalDocument,
  ApprovalPerson,
  ApprovalRequester,
} from '../../shared/models/approval.ts';

type Kind = ApprovalDocument['kind'];
type DocumentOf<Of extends Kind> = Extract<ApprovalDocument, { kind: Of }>;
/** A row for each member: one that is new does not compile before it has one. */
type Rows<Of extends Kind> = {
  readonly [Member in keyof DocumentOf<Of>]-?: (
    value: NonNullable<DocumentOf<Of>[Member]>,
  ) => readonly Row[];
};
/** What it is, and what it says. */
type Row = readonly [string, string];
type Key = DocumentOf<'order'>['key'];

const common = {
  version: (value) => [['version', String(value)]],
  kind: (value: Kind) => [['kind', kinds[value]]],
  url: (value) => [['request', value]],
  organization: (value) => [['organisation', legible(value)]],
  requestedBy: (value) => [['requested by', whoIs(value)]],
  profile: (value) => [['profile', legible(value)]],
  usages: (value) => value.map((usage) => ['usage', usageNamed(usage)]),
  identifiers: (value) =>
    value.map(({ type, value: name }) => ['for', `${legible(type)} ${nameRead(name)}`]),
  lifetime: (value) => [['longest life', `${value} s (${days(value)})`]],
  reason: (value) => [reasonOf('requester', value)],
  rule: ({ approvals, by, hardware }) => [
    ['rule', `${approvals} approver${approvals === 1 ? '' : 's'}`],
    ['rule, by', by.join(', ')],
    ['rule, hardware', hardware ? 'certificates only with their key on a token' : 'not required'],
  ],
  requested: (value) => [['requested at', value]],
  expires: (value) => [['to be decided by', value]],
} satisfies Partial<Rows<'order'>>;

const reasonOf = (whose: 'requester' | 'proposer', words: string): Row => [
  `reason (${whose}'s words)`,
  words === '' ? '(none)' : legible(words),
];

const order: Rows<'order'> = {
  ...common,
  order: (value) => [['order', value]],
  requester: (value) => [['account of the requester', value]],
  key: keyRows,
};

const standing: Rows<'standing'> = {
  ...common,
  reason: (value) => [reasonOf('proposer', value)],
  proposedBy: (value) => [['proposed by', whoIs(value)]],
  count: (value) => [['certificates', `up to ${value}`]],
  until: (value) => [['until', value]],
};

const kinds: Readonly<Record<Kind, string>> = {
  order: 'a certificate for one order',
  standing: 'a standing pre-authorization',
};

/** The whole document, a line for each thing that it says. */
export function documentLines(document: ApprovalDocument): readonly string[] {
  const rows = document.kind === 'order' ? rowsOf(document, order) : rowsOf(document, standing);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

/** The digest as commands take it, and as the desktop's windows show it, so that two people can compare it. */
export const digestLines = (digest: string): readonly string[] => [
  `Digest: ${digest}`,
  `In windows: ${Buffer.from(digest, 'base64url')
    .toString('hex')
    .replaceAll(/(.{4})(?=.)/g, '$1 ')}`,
];

function rowsOf<Document extends object>(
  document: Document,
  rows: { readonly [Member in keyof Document]-?: (value: never) => readonly Row[] },
): readonly Row[] {
  const members = Object.keys(rows) as (keyof Document & string)[];
  // Each row takes what its own member has.
  return members.flatMap((member) => rows[member](document[member] as never));
}

function keyRows(key: Key): readonly Row[] {
  const { spkiSha256, algorithm, place, token, neverExtractable, local } = key;
  const yes = (is: boolean): string => (is ? 'yes' : 'no');
  const whose = "(word of the requester's wallet)";
  return [
    ['key, SHA-256', spkiSha256],
    ['key, algorithm', algorithm],
    [`key, place ${whose}`, place],
    ...(token === undefined
      ? []
      : ([
          [`key, token ${whose}`, `${legible(token.manufacturer)} ${legible(token.model)}`],
          [`key, serial number ${whose}`, legible(token.serial)],
        ] as const)),
    [`key, never extractable ${whose}`, yes(neverExtractable)],
    [`key, made there ${whose}`, yes(local)],
  ];
}

/** One line about a request. */
export const subjectOf = ({ organization, profile, identifiers, requestedBy }: ApprovalDocument) =>
  `${profile} for ${identifiers.map(({ value }) => nameRead(value)).join(', ')} (${legible(organization)}), requested by ${whoIs(requestedBy)}`;

export function whoIs(who: ApprovalRequester | ApprovalPerson): string {
  return 'service' in who
    ? `the service ${legible(who.service)}`
    : `${legible(who.name)} <${legible(who.email)}>`;
}

const usages: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'TLS server',
  '1.3.6.1.5.5.7.3.2': 'TLS client',
  '1.3.6.1.5.5.7.3.3': 'signing code',
  '1.3.6.1.5.5.7.3.4': 'e-mail',
  '1.3.6.1.5.5.7.3.36': 'signing documents',
};

const usageNamed = (oid: string): string => `${oid} (${usages[oid] ?? 'unknown to this wallet'})`;

/** As it is signed, and as it reads where it is written in ASCII. */
function nameRead(name: string): string {
  const reading = /(^|\.)xn--/i.test(name) ? domainToUnicode(name) : '';
  return reading === '' ? legible(name) : `${legible(name)} (reads ${legible(reading)})`;
}

const days = (seconds: number): string =>
  seconds % 86_400 === 0 ? `${seconds / 86_400} days` : `${Math.ceil(seconds / 60)} minutes`;

const scripts = ['Cyrillic', 'Greek', 'Armenian', 'Hebrew', 'Arabic', 'Cherokee', 'Han'] as const;
const byScript = scripts.map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);
// Letters of a script of their own, or of none that is named here.
const otherLetters = new RegExp(
  `(?!${['Latin', ...scripts].map((name) => `\\p{Script=${name}}`).join('|')})\\p{L}`,
  'u',
);

/** With the scripts, other than Latin, that letters of it belong to: some of them look the same. */
function legible(text: string): string {
  const found = byScript.filter(([, letters]) => letters.test(text)).map(([name]) => name);
  const all = otherLetters.test(text) ? [...found, 'other scripts'] : found;
  return all.length === 0 ? text : `${text} [letters: ${all.join(', ')}]`;
}
