import type {
  AuthorizationView,
  EnrollmentState,
  EnrollmentStep,
} from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { EnrollmentRecord, JournalState } from '../wallet/enrollment-journal.ts';

/** What an enrolment is doing now, which only this process knows. */
export type Activity =
  | { readonly doing: 'nothing'; readonly at?: EnrollmentStep; readonly failure?: Failure }
  | { readonly doing: 'step'; readonly step: EnrollmentStep }
  | {
      readonly doing: 'proving';
      readonly authorizations: readonly AuthorizationView[];
      readonly sending: boolean;
      readonly expiresAt?: string;
    };

/** The journal's record and what is being done with it, as the person sees it. */
export function stateOf(record: EnrollmentRecord, activity: Activity): EnrollmentState {
  const { plan, credentialId, results = [] } = record;
  const { type, place, token } = plan.key;
  const base = {
    enrollmentId: record.id,
    organizationId: plan.organizationId,
    offerId: plan.offerId,
    name: plan.name,
    purpose: plan.purpose,
    caHost: new URL(plan.directoryUrl).host,
    subject: plan.subject,
    keyType: type,
    keyPlace: { place, ...(token !== undefined && { token: token.label }) },
    startedAt: record.startedAt,
    timeline: record.timeline,
  };
  if (record.state === 'done') return { ...base, step: 'done', credentialId, results };
  if (record.state === 'cancelled') return { ...base, step: 'cancelled' };
  if (record.state === 'failed') {
    const failure = record.failure ?? { code: 'internal' };
    return { ...base, step: 'failed', at: failedStep(record), failure };
  }
  if (activity.doing === 'proving') {
    const { authorizations, sending, expiresAt } = activity;
    const expires = expiresAt === undefined ? {} : { expiresAt };
    return { ...base, step: 'proving', authorizations, sending, ...expires };
  }
  if (activity.doing === 'nothing') {
    const { at = nextStep[record.state], failure } = activity;
    return { ...base, step: 'interrupted', at, ...(failure && { failure }) };
  }
  if (activity.step === 'install') return { ...base, step: 'installing', credentialId, results };
  return { ...base, step: 'working', at: activity.step };
}

type Unfinished = Exclude<JournalState, 'done' | 'failed' | 'cancelled'>;

/** The step that a journal entry without a running enrolment waits for. */
const nextStep: Readonly<Record<Unfinished, EnrollmentStep>> = {
  'needs-key': 'key',
  'needs-account': 'account',
  'needs-order': 'order',
  'needs-proof': 'prove',
  'needs-issuance': 'issue',
  'needs-certificate': 'issue',
  'needs-installation': 'install',
};

function failedStep(record: EnrollmentRecord): EnrollmentStep {
  return record.timeline.find(({ status }) => status === 'failed')?.step ?? 'preflight';
}

export function isEnded(record: EnrollmentRecord): boolean {
  return record.state === 'done' || record.state === 'failed' || record.state === 'cancelled';
}
