import type { Person } from '../people-types.ts';
import type { State } from '../state.ts';
import { approvalStatus } from '../status.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { MemberRole } from '../state/members.ts';
import { StateError } from '../state/rows.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import type { PersonWords, SubjectWords } from './document.ts';

type Register = Pick<State, 'persons' | 'members' | 'approvalDecisions'>;

/** What somebody is to a request, as things are now: their own, or that of their organisation. */
export function rolesFor(
  request: ApprovalRequest,
  subject: SubjectName,
  { members }: Register,
): readonly MemberRole[] {
  const roles = members.rolesOf(request.organizationId, subject);
  return [
    ...(request.requester === subject ? (['requester'] as const) : []),
    ...(['approver', 'auditor'] as const).filter((role) => roles.includes(role)),
  ];
}

/** docs/approvals.md §4: open, by an approver of now, not for themselves, and not twice. */
export function mayDecide(
  request: ApprovalRequest,
  subject: SubjectName,
  { state, now }: { readonly state: Register; readonly now: Date },
): boolean {
  return (
    approvalStatus(request, now) === 'pending' &&
    state.members.rolesOf(request.organizationId, subject).includes('approver') &&
    request.requester !== subject &&
    !state.approvalDecisions.of(request.id).some(({ personId }) => subject === `person:${personId}`)
  );
}

/** Who may still decide a request. */
export function approversOf(
  request: ApprovalRequest,
  context: { readonly state: Register; readonly now: Date },
): readonly Person[] {
  const { members, persons } = context.state;
  return members
    .withRole(request.organizationId, 'approver')
    .filter((subject) => mayDecide(request, subject, context))
    .flatMap((subject) => persons.find(nameIn(subject)) ?? []);
}

/** By the CA's register. */
export function wordsOf(subject: SubjectName, { persons }: Register): SubjectWords {
  if (subject.startsWith('service:')) return { service: nameIn(subject) };
  const person = persons.find(nameIn(subject));
  if (person === undefined) throw new StateError('a member is nobody who is registered');
  return personWords(person);
}

export function personWords({ name, email }: Person): PersonWords {
  return { name, email };
}

/** How the log calls somebody (docs/approvals.md §7). */
export function nameInLog(subject: SubjectName, register: Register): string {
  const words = wordsOf(subject, register);
  return 'service' in words ? words.service : words.email;
}

/** The id of a person or the name of a service. */
function nameIn(subject: SubjectName): string {
  return subject.slice(subject.indexOf(':') + 1);
}
