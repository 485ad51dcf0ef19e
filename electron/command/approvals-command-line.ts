import { approvalStatuses, type ApprovalStatus } from '../../shared/models/approval.ts';
import {
  common,
  commonOf,
  descriptor,
  filled,
  flag,
  oneOf,
  parsed,
  text,
  usage,
  type Common,
} from './command-words.ts';

/** A request by its URL, or by a link to it. */
interface OfRequest {
  readonly request: string;
  /** Where several that were joined are of one CA. */
  readonly organizationId?: string;
}

export interface ApproveAct extends OfRequest {
  readonly act: 'approve';
  /** What the person, or their script, has read; asked for at the terminal when not given. */
  readonly digest?: string;
  /** A credential by its id, or the SHA-256 of a certificate, lower-case hex. */
  readonly certificate?: string;
  /** Thumbprint of a registered key pair. */
  readonly key?: string;
  readonly pinFd?: number;
  readonly acceptFinalTry: boolean;
}

export interface ProposeAct {
  readonly act: 'propose';
  readonly organizationId: string;
  readonly domain: string;
  readonly requester: { readonly email: string } | { readonly service: string };
  readonly profile: string;
  readonly count: number;
  readonly until: string;
  readonly reason: string;
}

export interface VerifyAct {
  readonly act: 'verify-receipt';
  readonly file: string;
  /** Files of PEM; whoever the wallet trusts when there is none. */
  readonly roots: readonly string[];
}

export interface ListAct {
  readonly act: 'list' | 'standing-list';
  readonly organizationId?: string;
  /** Of any when empty. */
  readonly statuses: readonly ApprovalStatus[];
}

export type ApprovalAct =
  | ListAct
  | ApproveAct
  | ProposeAct
  | VerifyAct
  | (OfRequest & { readonly act: 'show' })
  | (OfRequest & { readonly act: 'decline'; readonly reason: string; readonly digest?: string })
  | (OfRequest & { readonly act: 'ask'; readonly message: string })
  | (OfRequest & { readonly act: 'withdraw'; readonly reason: string })
  | { readonly act: 'log'; readonly organizationId?: string; readonly verify: boolean }
  | { readonly act: 'receipts' }
  | { readonly act: 'save'; readonly receiptId: string; readonly out: string };

/** What a word of `countersign approvals` does. */
export type ActOf<Act extends ApprovalAct['act']> = Extract<ApprovalAct, { act: Act }>;

export interface ApprovalsCommand extends Common {
  readonly name: 'approvals';
  readonly act: ApprovalAct;
}

const options = {
  ...common,
  organization: text,
  status: { type: 'string', multiple: true },
  digest: text,
  reason: text,
  message: text,
  certificate: text,
  key: text,
  'pin-fd': text,
  'accept-final-try': flag,
  domain: text,
  for: text,
  profile: text,
  count: text,
  until: text,
  verify: flag,
  out: text,
  root: { type: 'string', multiple: true },
} as const;

type Values = ReturnType<typeof parsed<typeof options>>['values'];
type Option = keyof Values;
type Said = { readonly values: Values; readonly words: readonly string[] };

const ofRequest = ['organization'] as const;

/** What each takes beside what all take, and what becomes of it. */
const acts: Readonly<
  Record<string, { readonly takes: readonly Option[]; readonly read: (said: Said) => ApprovalAct }>
> = {
  list: { takes: ['organization', 'status'], read: (said) => listed('list', said) },
  show: { takes: ofRequest, read: (said) => ({ act: 'show', ...requestOf(said) }) },
  approve: {
    takes: [...ofRequest, 'digest', 'certificate', 'key', 'pin-fd', 'accept-final-try'],
    read: approveAct,
  },
  decline: {
    takes: [...ofRequest, 'reason', 'digest'],
    read: (said) => ({
      ...{ act: 'decline', ...requestOf(said), ...digestOf(said) },
      reason: needed(said, 'reason'),
    }),
  },
  ask: {
    takes: [...ofRequest, 'message'],
    read: (said) => ({ act: 'ask', ...requestOf(said), message: needed(said, 'message') }),
  },
  receipts: { takes: [], read: () => ({ act: 'receipts' }) },
  save: {
    takes: ['out'],
    read: (said) => ({ act: 'save', receiptId: only(said), out: needed(said, 'out') }),
  },
  log: { takes: ['organization', 'verify'], read: logAct },
  'verify-receipt': { takes: ['root'], read: verifyAct },
};

const standingActs: typeof acts = {
  propose: {
    takes: ['organization', 'domain', 'for', 'profile', 'count', 'until', 'reason'],
    read: proposeAct,
  },
  list: { takes: ['organization', 'status'], read: (said) => listed('standing-list', said) },
  withdraw: {
    takes: [...ofRequest, 'reason'],
    read: (said) => ({ act: 'withdraw', ...requestOf(said), reason: needed(said, 'reason') }),
  },
};

/** Reads the words after `approvals`. Throws `CommandError` `usage`. */
export function approvalsCommand(words: readonly string[]): ApprovalsCommand {
  const [first = '', second = ''] = words;
  const isStanding = first === 'standing';
  const [among, name] = isStanding ? [standingActs, second] : [acts, first];
  const act = Object.hasOwn(among, name) ? among[name] : undefined;
  if (act === undefined) throw usage('say what is to be done about approvals');
  const rest = words.slice(isStanding ? 2 : 1);
  const { values, positionals } = parsed(rest, options, true);
  const taken: readonly string[] = [...act.takes, ...Object.keys(common)];
  if (Object.keys(values).some((option) => !taken.includes(option))) {
    throw usage('that option is for something else');
  }
  const said = { values, words: positionals };
  const takesWord = ['show', 'approve', 'decline', 'ask', 'save', 'verify-receipt', 'withdraw'];
  if (!takesWord.includes(name)) none(said);
  return { name: 'approvals', ...commonOf(values), act: act.read(said) };
}

function only({ words }: Said): string {
  const [word, ...others] = words;
  if (word === undefined || others.length > 0) throw usage('name one request, receipt or file');
  return filled(word, 'what is named');
}

function none({ words }: Said): void {
  if (words.length > 0) throw usage('there is a word too many');
}

function needed({ values }: Said, option: Option): string {
  const value = values[option];
  if (typeof value !== 'string') throw usage(`that needs --${option}`);
  const shown = filled(value.trim(), `--${option}`);
  if (option === 'reason' || option === 'message') return sentence(shown, `--${option}`);
  return shown;
}

/** Those who read it on a screen read one line. */
function sentence(value: string, option: string): string {
  if (value.length > 400 || /\p{Cc}/u.test(value)) {
    throw usage(`${option} is a line of at most 400 characters`);
  }
  return value;
}

const organizationOf = ({ values: { organization } }: Said) =>
  organization === undefined ? {} : { organizationId: filled(organization, '--organization') };

const requestOf = (said: Said): OfRequest => ({ request: only(said), ...organizationOf(said) });

function digestOf({ values: { digest } }: Said): { readonly digest?: string } {
  if (digest === undefined) return {};
  if (!/^[A-Za-z0-9_-]{43}$/.test(digest)) throw usage('--digest is the whole digest of a request');
  return { digest };
}

function listed(act: ListAct['act'], said: Said): ListAct {
  const statuses = (said.values.status ?? []).flatMap((value) => value.split(','));
  return {
    ...{ act, ...organizationOf(said) },
    statuses: statuses.map((status) => oneOf(status, approvalStatuses, '--status')),
  };
}

function approveAct(said: Said): ApproveAct {
  const { certificate, key } = said.values;
  if (certificate !== undefined && key !== undefined) {
    throw usage('--certificate and --key are two ways');
  }
  const pinFd = descriptor(said.values['pin-fd'], '--pin-fd');
  return {
    ...{ act: 'approve', ...requestOf(said), ...digestOf(said) },
    acceptFinalTry: said.values['accept-final-try'] ?? false,
    ...(certificate !== undefined && { certificate: namedCertificate(certificate) }),
    ...(key !== undefined && { key: filled(key, '--key') }),
    ...(pinFd !== undefined && { pinFd }),
  };
}

/** A fingerprint in any of the ways in which it is written, or whatever the wallet calls a credential. */
function namedCertificate(value: string): string {
  const bare = value.replaceAll(/[\s:]/g, '');
  return /^[0-9a-f]{64}$/i.test(bare) ? bare.toLowerCase() : filled(value, '--certificate');
}

function logAct(said: Said): ActOf<'log'> {
  return { act: 'log', ...organizationOf(said), verify: said.values.verify ?? false };
}

function verifyAct(said: Said): VerifyAct {
  const roots = (said.values.root ?? []).map((root) => filled(root, '--root'));
  return { act: 'verify-receipt', file: only(said), roots };
}

function proposeAct(said: Said): ProposeAct {
  const who = needed(said, 'for');
  const count = Number(needed(said, 'count'));
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw usage('--count is a number from 1 to 1000');
  }
  return {
    ...{ act: 'propose', organizationId: needed(said, 'organization') },
    ...{ domain: needed(said, 'domain'), profile: needed(said, 'profile'), count },
    requester: who.includes('@') ? { email: who } : { service: who },
    ...{ until: moment(needed(said, 'until')), reason: needed(said, 'reason') },
  };
}

/** RFC 3339 in UTC with seconds, or a day, which is its beginning. */
function moment(value: string): string {
  const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/.test(value);
  const time = isMoment ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw usage('--until is a time in UTC, e.g. 2026-12-24T00:00:00Z');
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
