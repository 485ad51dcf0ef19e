import type { AuthorizationView, EnrollmentState } from '../../shared/enrollment-state.ts';
import type { ApprovalPerson, ApprovalProgress } from '../../shared/models/approval.ts';
import type { Output } from './output.ts';

type Proving = Pick<
  Extract<EnrollmentState, { step: 'proving' }>,
  'enrollmentId' | 'authorizations'
>;

const isPending = ({ status }: AuthorizationView): boolean => status === 'pending';

/** What an enrolment waits for when nothing is left to be proven by who asked for it. */
export function onlyAwaits({ authorizations }: Proving): ApprovalProgress | undefined {
  const pending = authorizations.filter(isPending);
  const [first] = pending.flatMap(({ approval }) => approval ?? []);
  return pending.every(({ approval }) => approval !== undefined) ? first : undefined;
}

/** Says who is waited for, each time that this has changed, once nothing else is left to be proven. */
export class AwaitingApproval {
  readonly #output: Output;
  #told = '';

  constructor(output: Output) {
    this.#output = output;
  }

  tell(proving: Proving): void {
    if (onlyAwaits(proving) === undefined) return;
    const { enrollmentId, authorizations } = proving;
    for (const { approval } of authorizations.filter(isPending)) {
      if (approval === undefined) continue;
      const { approvalId, required, decisions, approvers, messages, expires, link } = approval;
      const event = {
        ...{ event: 'awaiting-approval', enrollmentId, approval: approvalId, link, required },
        approved: decisions.map(({ by }) => by),
        ...{ missing: approvers, messages, expires },
      };
      const told = JSON.stringify(event);
      if (told === this.#told) continue;
      this.#told = told;
      this.#output.progress(event, sentenceOf(approval));
    }
  }
}

function sentenceOf({
  required,
  decisions,
  approvers,
  messages,
  expires,
  link,
}: ApprovalProgress): string {
  const by = decisions.length === 0 ? '' : ` (${namesOf(decisions.map((each) => each.by))})`;
  const who = approvers.length === 0 ? 'nobody' : namesOf(approvers);
  const last = messages.at(-1);
  const from = last && ('service' in last.from ? last.from.service : last.from.name);
  return [
    `Waiting for approval until ${expires}: ${decisions.length} of ${required} so far${by}.`,
    `Still to decide: ${who}.`,
    ...(last && from !== undefined ? [`${from} says: ${last.text}`] : []),
    ...(decisions.length === 0 ? [`They find it in their wallet, or by ${link}`] : []),
  ].join(' ');
}

const namesOf = (people: readonly ApprovalPerson[]): string =>
  people.map(({ name, email }) => `${name}, ${email}`).join('; ');
