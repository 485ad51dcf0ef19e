import { approversOf } from '../approvals/parties.ts';
import type { State } from '../state.ts';
import type { LogEntry } from '../state/approval-log.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { Mail } from '../state/outbox.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { approvalStatus } from '../status.ts';
import type { Urls } from '../urls.ts';
import { approvalPage } from './approval-page.ts';
import { compose } from './compose.ts';
import type { Occasion } from './words.ts';

export type Correspondence = {
  /** What the mails about an entry of the log are; none about most. */
  about(entry: LogEntry): readonly Mail[];
  /** To those who have not decided a request yet. */
  reminding(requestUrl: string): readonly Mail[];
};

export type CorrespondenceOptions = {
  readonly state: State;
  readonly urls: Urls;
  readonly clock: () => Date;
};

/** Who is to know of what, and what they are told. */
export function createCorrespondence(options: CorrespondenceOptions): Correspondence {
  const find = (url: string): ApprovalRequest | undefined =>
    options.state.approvals.find(options.urls.idOf('approval', url) ?? '');
  const mails = (occasion: Occasion, request: ApprovalRequest, entry?: LogEntry) => {
    const { document } = request;
    const serial = entry?.data['serial'];
    const letter = {
      ...{ occasion, document, by: entry?.by },
      serial: typeof serial === 'string' ? serial : undefined,
      page: approvalPage(options.urls, document.url),
    };
    return addressees(occasion, request, { ...options, by: entry?.by }).map((recipient) => ({
      ...{ recipient, ...compose(letter) },
    }));
  };
  return {
    about(entry) {
      const request = entry.request === undefined ? undefined : find(entry.request);
      const occasion = request && occasionOf(entry, approvalStatus(request, options.clock()));
      return request === undefined || occasion === undefined ? [] : mails(occasion, request, entry);
    },
    reminding(url) {
      const request = find(url);
      return request === undefined ? [] : mails('reminder', request);
    },
  };
}

function occasionOf({ event, data }: LogEntry, status: string): Occasion | undefined {
  switch (event) {
    case 'requested':
    case 'proposed':
    case 'message':
    case 'granted':
    case 'withdrawn':
    case 'issued':
    case 'revoked':
      return event;
    case 'decided':
      if (data['decision'] === 'decline') return 'declined';
      // The last approval is told as the grant that it is.
      return status === 'pending' ? 'approved' : undefined;
    default:
      return undefined;
  }
}

type Circumstances = CorrespondenceOptions & { readonly by: string | undefined };

/** Addresses, each once. */
function addressees(
  occasion: Occasion,
  request: ApprovalRequest,
  { state, clock, by }: Circumstances,
): readonly string[] {
  const mayDecide = () => approversOf(request, { state, now: clock() }).map(({ email }) => email);
  const askers = () => emailsOf([request.requester, request.asker], state);
  const approvers = () =>
    emailsOf(state.members.withRole(request.organizationId, 'approver'), state);
  const others = (emails: readonly string[]) => emails.filter((email) => email !== by);
  const found = {
    // Whoever proposes knows; they are the first to sign.
    ...{ requested: mayDecide, proposed: () => others(mayDecide()), reminder: mayDecide },
    message: () => others([...askers(), ...approvers()]),
    approved: askers,
    // Who did it themselves hears of it as well: somebody else might have done it in their name.
    ...all(['granted', 'declined', 'withdrawn', 'issued', 'revoked'], () => [
      ...askers(),
      ...approvers(),
    ]),
  }[occasion]();
  return [...new Set(found)];
}

type Finding = () => readonly string[];

function all<Name extends string>(names: readonly Name[], find: Finding): Record<Name, Finding> {
  return Object.fromEntries(names.map((name) => [name, find])) as Record<Name, Finding>;
}

/** Services have none. */
function emailsOf(subjects: readonly SubjectName[], { persons }: State): readonly string[] {
  return subjects
    .filter((subject) => subject.startsWith('person:'))
    .flatMap((subject) => persons.find(subject.slice('person:'.length))?.email ?? []);
}
