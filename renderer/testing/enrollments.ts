import type {
  AuthorizationView,
  CertificateCandidate,
  CertificateChallengeView,
  CodeChallengeView,
  EnrollmentState,
  EnrollmentStep,
  PasskeyChallengeView,
  RecordChallengeView,
  RegisteredKeyView,
  TimelineEntry,
  UnsupportedChallengeView,
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

export const hotp: CodeChallengeView = {
  challengeId: 'https://ca.northlight.example/acme/chall/6',
  type: 'hotp-01',
  kind: 'code',
  status: 'pending',
  digits: 8,
};

/** Any text: sent to the person, or an answer to what is displayed. */
export const sentCode: CodeChallengeView = {
  challengeId: 'https://ca.northlight.example/acme/chall/8',
  type: 'otp-01',
  kind: 'code',
  status: 'pending',
};

export const certificate = (changes: Partial<CertificateCandidate> = {}): CertificateCandidate => ({
  candidateId: '9f2ac46b0d5e81f7'.repeat(4),
  subject: 'CN=Alex Demo,OU=Naval Design,O=Northlight Shipyards,C=DE',
  issuer: 'CN=Northlight Staff Cards CA 2,O=Northlight Shipyards,C=DE',
  purposes: ['clientAuth', 'emailProtection'],
  notAfter: '2027-09-01T08:11:36Z',
  place: 'token',
  token: 'Alex’s card',
  ...changes,
});

/** One of this wallet's own. */
export const ownCertificate: CertificateCandidate = {
  candidateId: '0b7e4a1f66d2c390'.repeat(4),
  subject: 'CN=alex@northlight.example',
  issuer: 'CN=Northlight Issuing CA 3,O=Northlight Shipyards,C=DE',
  purposes: ['clientAuth'],
  notAfter: '2026-11-24T12:00:00Z',
  place: 'software',
  credentialId: 'c-wifi',
};

/** As many as an archive of old cards may hold. */
export const manyCertificates = (count: number): readonly CertificateCandidate[] =>
  Array.from({ length: count }, (_, index) =>
    certificate({
      candidateId: index.toString(16).padStart(64, '0'),
      subject: `CN=archive-${String(index).padStart(3, '0')}@northlight.example`,
      token: 'Archive 2019–2026',
    }),
  );

export function byCertificate(
  candidates: readonly CertificateCandidate[],
  changes: Partial<CertificateChallengeView> = {},
): CertificateChallengeView {
  return {
    challengeId: 'https://ca.northlight.example/acme/chall/12',
    type: 'cert-01',
    kind: 'certificate',
    status: 'pending',
    candidates,
    issuers: ['CN=Northlight Staff Cards CA 2,O=Northlight Shipyards,C=DE'],
    ...changes,
  };
}

export const registeredKey: RegisteredKeyView = {
  thumbprint: 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U',
  place: 'token',
  token: 'Alex’s card',
  registeredAt: '2026-09-01T08:30:00Z',
};

export const passkey: PasskeyChallengeView = {
  challengeId: 'https://ca.northlight.example/acme/chall/9',
  type: 'ppkp-01',
  kind: 'passkey',
  status: 'pending',
  rpId: 'ca.northlight.example',
  ways: ['window', 'browser'],
  matchingCode: 'oKIywvGU',
  keys: [],
};

export const unsupported: UnsupportedChallengeView = {
  kind: 'unsupported',
  status: 'pending',
  challengeId: 'https://ca.northlight.example/acme/chall/13',
  type: 'email-reply-00',
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
