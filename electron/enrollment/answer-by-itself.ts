import type { ChallengeAnswer } from '../../shared/ipc-requests.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { EnrollmentPlan } from '../wallet/enrollment-journal.ts';
import type { Candidate } from '../credentials/candidate.ts';
import { showChallenge } from './authorization-view.ts';
import { isAwaited } from './awaited-approvals.ts';
import type { ProofRooms } from './challenges/challenge-type.ts';

interface OwnAnswer {
  readonly challengeUrl: string;
  readonly answer: ChallengeAnswer;
}

/**
 * Answers of an enrolment that no person is behind: a service shows by a credential of the same organisation that it is
 * the one from before, and never by one of a person. All of its authorizations, or none: where somebody is needed anyway, they decide. Only keys that ask
 * nobody are used, and only where there is no choice.
 */
export function answerByItself(
  authorizations: readonly Authorization[],
  plan: EnrollmentPlan,
  rooms: ProofRooms,
): readonly OwnAnswer[] {
  if (plan.purpose !== 'service') return [];
  const pending = authorizations.filter((each) => each.status === 'pending' && !isAwaited(each));
  const answers = pending.flatMap((each) => ownAnswer(each, plan, rooms) ?? []);
  return answers.length === pending.length ? answers : [];
}

function ownAnswer(
  authorization: Authorization,
  plan: EnrollmentPlan,
  rooms: ProofRooms,
): OwnAnswer | undefined {
  for (const challenge of authorization.challenges) {
    // What was answered in vain before is not answered so again.
    if (challenge.status !== 'pending' || challenge.error !== undefined) continue;
    const shown = showChallenge({ authorization, challenge }, rooms);
    if (shown.kind !== 'certificate') continue;
    const fitting = new Set(shown.candidates.map(({ candidateId }) => candidateId));
    const own = rooms.certificates
      .list()
      .filter((each) => fitting.has(each.view.candidateId) && isOwn(each, plan));
    const best = bestOf(own, plan);
    if (best === undefined) continue;
    const { candidateId } = best.view;
    return { challengeUrl: challenge.url, answer: { by: 'certificate', candidateId } };
  }
  return undefined;
}

const isOwn = (
  { view, organizationId, purpose }: Candidate,
  plan: Pick<EnrollmentPlan, 'organizationId' | 'renews'>,
): boolean =>
  (purpose === 'service' || view.credentialId === plan.renews?.credentialId) &&
  organizationId === plan.organizationId &&
  (view.place === 'software' || view.place === 'os') &&
  (view.purposes.length === 0 || view.purposes.some((usage) => proving.includes(usage)));

/** A certificate that only servers use proves nobody (docs/wire-profile.md §3); to try it would cost the order. */
const proving: readonly string[] = ['clientAuth', 'anyExtendedKeyUsage'];

/** The one that is being renewed, or the only one. */
function bestOf(
  own: readonly Candidate[],
  { renews, usages }: EnrollmentPlan,
): Candidate | undefined {
  const renewed = own.find(({ view }) => view.credentialId === renews?.credentialId);
  const provesItself = usages?.includes('clientAuth') ?? true;
  if (renewed !== undefined || (renews !== undefined && provesItself)) return renewed;
  return own.length === 1 ? own[0] : undefined;
}
