import type {
  AuthorizationView,
  ChallengeView,
  CodeChallengeView,
  EnrollmentState,
  EnrollmentStep,
  RecordChallengeView,
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

export const totp: CodeChallengeView = {
  challengeId: 'https://ca.northlight.example/acme/chall/7',
  type: 'totp-01',
  kind: 'code',
  status: 'pending',
  digits: 6,
  period: 30,
  prompt: 'Northlight VPN',
};

export const sentCode: CodeChallengeView = {
  challengeId: 'https://ca.northlight.example/acme/chall/8',
  type: 'otp-01',
  kind: 'code',
  status: 'pending',
  digits: 8,
  period: 30,
};

export const passkey: ChallengeView = {
  kind: 'unsupported',
  status: 'pending',
  challengeId: 'https://ca.northlight.example/acme/chall/9',
  type: 'ppkp-01',
};

export const dnsRecord: RecordChallengeView = {
  challengeId: 'https://ca.northlight.example/acme/chall/10',
  type: 'dns-01',
  kind: 'record',
  status: 'pending',
  record: {
    name: '_acme-challenge.intranet.northlight.example',
    type: 'TXT',
    value: 'gfj9Xq6Lp2bWm3kY7cZ0aT5sR8vU1nE4hD-oJ_iKxQw',
    ttl: 60,
  },
  stays: false,
};

export const persistentRecord: RecordChallengeView = {
  ...dnsRecord,
  challengeId: 'https://ca.northlight.example/acme/chall/11',
  type: 'dns-persist-01',
  record: {
    name: '_validation-persist.intranet.northlight.example',
    type: 'TXT',
    value:
      'ca.northlight.example; accounturi=https://ca.northlight.example/acme/acct/4711; policy=wildcard',
    ttl: 3600,
  },
  stays: true,
  permits: { issuer: 'ca.northlight.example', isUnlisted: false, includesNamesBelow: true },
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
