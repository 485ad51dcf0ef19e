import type {
  AuthorizationView,
  ChallengeView,
  EnrollmentState,
  EnrollmentStep,
  TimelineEntry,
} from '../../shared/enrollment-state.ts';
import { enrollmentSteps } from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Proving } from '../navigation.ts';

/** A timeline that has come to a step: those before are done, that one has the status. */
export function timelineAt(
  step: EnrollmentStep,
  status: 'active' | 'failed' = 'active',
): readonly TimelineEntry[] {
  const reached = enrollmentSteps.indexOf(step);
  const time = (second: number): string =>
    new Date(Date.parse('2026-11-22T10:00:00Z') + second * 1000).toISOString();
  return enrollmentSteps.map((name, index): TimelineEntry => {
    if (index > reached) return { step: name, status: 'pending' };
    const startedAt = time(index);
    if (index < reached)
      return { step: name, status: 'done', startedAt, endedAt: time(index + index / 2) };
    return status === 'active'
      ? { step: name, status, startedAt }
      : { step: name, status, startedAt, endedAt: time(index + 3) };
  });
}

const base = {
  enrollmentId: 'e-1',
  organizationId: 'northlight',
  offerId: 'wifi',
  name: { en: 'Wi-Fi and VPN', de: 'WLAN und VPN' },
  purpose: 'client',
  caHost: 'ca.northlight.example',
  subject: 'alex@northlight.example',
  keyType: 'P-256',
  startedAt: '2026-11-22T10:00:00Z',
} as const;

export const totp: ChallengeView = {
  challengeId: 'https://ca.northlight.example/acme/chall/7',
  type: 'totp-01',
  supported: true,
  status: 'pending',
  digits: 6,
  period: 30,
  prompt: 'Northlight VPN',
};

export const sentCode: ChallengeView = {
  challengeId: 'https://ca.northlight.example/acme/chall/8',
  type: 'otp-01',
  supported: true,
  status: 'pending',
  digits: 8,
  period: 30,
};

export const passkey: ChallengeView = {
  ...totp,
  challengeId: 'https://ca.northlight.example/acme/chall/9',
  type: 'ppkp-01',
  supported: false,
};

export function authorization(changes: Partial<AuthorizationView> = {}): AuthorizationView {
  return {
    authorizationId: 'https://ca.northlight.example/acme/authz/3',
    identifier: { type: 'email', value: 'alex@northlight.example' },
    status: 'pending',
    challenges: [totp],
    ...changes,
  };
}

export function proving(
  authorizations: readonly AuthorizationView[],
  changes: Partial<Proving> = {},
): Proving {
  return {
    ...base,
    step: 'proving',
    authorizations,
    sending: false,
    expiresAt: '2026-11-22T11:00:00Z',
    timeline: timelineAt('prove'),
    ...changes,
  };
}

/** The way of an enrolment that is not waiting for the person. */
export const underway = {
  working: (at: EnrollmentStep): EnrollmentState => ({
    ...base,
    step: 'working',
    at,
    timeline: timelineAt(at),
  }),
  interrupted: (at: EnrollmentStep, failure?: Failure): EnrollmentState => ({
    ...base,
    step: 'interrupted',
    at,
    timeline: timelineAt(at),
    ...(failure === undefined ? {} : { failure }),
  }),
  failed: (at: EnrollmentStep, failure: Failure): EnrollmentState => ({
    ...base,
    step: 'failed',
    at,
    failure,
    timeline: timelineAt(at, 'failed'),
  }),
  cancelled: (): EnrollmentState => ({
    ...base,
    step: 'cancelled',
    timeline: timelineAt('prove', 'failed'),
  }),
  installing: (
    step: 'installing' | 'done',
    results: Extract<EnrollmentState, { step: 'done' }>['results'],
  ): EnrollmentState => ({
    ...base,
    step,
    credentialId: 'c-wifi',
    results,
    timeline: timelineAt('install'),
  }),
};
