import type { AuthorizationView, ChallengeView } from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Installation, InstallResult } from '../../shared/models/credential.ts';
import type { Proving } from '../navigation.ts';
import { inBrowsers, wifiCredential } from '../testing/credentials.ts';
import {
  authorization,
  dnsRecord,
  passkey,
  persistentRecord,
  proving,
  sentCode,
  totp,
  underway,
} from '../testing/enrollments.ts';
import { caaRefusal, throttled, wrongCode } from '../testing/failures.ts';
import { inNetwork, revokedInNetwork } from '../testing/uses.ts';
import { never, refusal, scene, type Act, type Scene } from './scene.ts';

const start = { at: 'enrollment', enrollmentId: 'e-1' } as const;
const proof = (
  authorizations: readonly AuthorizationView[],
  changes: Partial<Proving> = {},
  acts: readonly Act[] = [],
): Scene => scene({ start, acts, enrollments: [proving(authorizations, changes)] });
const domain = (...challenges: readonly ChallengeView[]): AuthorizationView =>
  authorization({
    identifier: { type: 'dns', value: '*.intranet.northlight.example' },
    challenges,
  });
const service = {
  name: { en: 'Intranet search', de: 'Intranet-Suche' },
  purpose: 'service',
} as const;
const release = {
  name: { en: 'Release signing', de: 'Signatur von Freigaben' },
  purpose: 'codeSigning',
} as const;
const called = ['ca.northlight.example', 'northlight-trust.example'];
const signing = (caa: NonNullable<Proving['caa']>): Scene =>
  proof([domain(dnsRecord)], { ...release, caa });
const record = (...challenges: readonly ChallengeView[]): Scene =>
  proof([domain(...challenges)], service);
const criticalCaa: Failure = {
  code: 'caa',
  reason: 'critical',
  domain: 'releases.northlight.example',
  at: 'northlight.example',
  issuer: 'ca.northlight.example',
};
const at = '2026-11-22T10:00:00Z';
const running = (enrollment: ReturnType<typeof underway.working>): Scene =>
  scene({ start, enrollments: [enrollment] });
const installed = (step: 'installing' | 'done', results: readonly InstallResult[]): Scene =>
  running(underway.installing(step, results));

const installation = (each: Installation): InstallResult => ({
  target: each.target,
  status: 'installed',
  installation: each,
});

/** From the start of an enrolment to its end. */
export const onTheWay: Readonly<Record<string, Scene>> = {
  'prove-totp': proof([authorization()]),
  'prove-choice': proof([authorization({ challenges: [totp, sentCode, passkey] })]),
  'prove-two': proof([
    authorization({ authorizationId: 'a-1', status: 'valid' }),
    authorization({
      authorizationId: 'a-2',
      identifier: { type: 'permanent-identifier', value: 'NL-LAPTOP-0042' },
      challenges: [{ ...totp, type: 'hotp-01', digits: 8 }],
    }),
  ]),
  'prove-wrong': proof([authorization({ challenges: [{ ...totp, lastFailure: wrongCode(3) }] })]),
  'prove-last-try': proof([
    authorization({ challenges: [{ ...totp, lastFailure: wrongCode(1) }] }),
  ]),
  'prove-throttled': proof([authorization({ challenges: [{ ...totp, lastFailure: throttled }] })]),
  'prove-short': proof([authorization()], {}, [
    { fill: 'challenge.totp', text: '123' },
    { press: 'prove.submit' },
  ]),
  'prove-sending': scene({
    start,
    enrollments: [proving([authorization()])],
    replies: { enrollment: { answer: never } },
    acts: [{ fill: 'challenge.totp', text: '287 082' }, { press: 'prove.submit' }],
  }),
  'prove-refused': scene({
    start,
    enrollments: [proving([authorization()])],
    replies: { enrollment: { answer: refusal(wrongCode(2)) } },
  }),
  'prove-warning': proof([
    authorization({ challenges: [{ ...totp, warning: 'token-is-not-random' }] }),
  ]),
  'prove-record': record(dnsRecord),
  'prove-record-choice': record(dnsRecord, persistentRecord),
  'prove-record-persistent': record(persistentRecord),
  'prove-record-persistent-unlisted': record({
    ...persistentRecord,
    permits: { issuer: 'other-trust.example', isUnlisted: true, includesNamesBelow: false },
    record: {
      ...persistentRecord.record,
      value: 'other-trust.example; accounturi=https://ca.northlight.example/acme/acct/4711',
    },
  }),
  'prove-record-looking': scene({
    start,
    enrollments: [proving([domain(dnsRecord)], { ...service, sending: true })],
  }),
  'prove-record-nothing': record({ ...dnsRecord, sighting: { at, seen: 'nothing' } }),
  'prove-record-partly': record({ ...dnsRecord, sighting: { at, seen: 'partly' } }),
  'prove-record-other': record({
    ...dnsRecord,
    sighting: { at, seen: 'other', values: ['v=spf1 -all', 'Zm9yIHRoZSBsYXN0IGNlcnRpZmljYXRl'] },
  }),
  'prove-record-unknown': record({ ...dnsRecord, sighting: { at, seen: 'unknown' } }),
  'prove-record-seen': record({ ...dnsRecord, sighting: { at, seen: 'record' } }),
  'prove-caa': signing({ identities: called, unasked: [] }),
  'prove-caa-unasked': signing({
    identities: called.slice(0, 1),
    unasked: ['intranet.northlight.example', 'releases.northlight.example'],
  }),
  'prove-caa-nameless': signing({ identities: [], unasked: [] }),
  'progress-starting': scene({ start }),
  'progress-key': running({
    ...underway.working('key'),
    keyType: 'RSA-3072',
    keyPlace: { place: 'token', token: 'Alex’s card' },
  }),
  'progress-issue': running(underway.working('issue')),
  'progress-interrupted': running(underway.interrupted('order')),
  'progress-interrupted-offline': running(
    underway.interrupted('issue', {
      code: 'network',
      reason: 'name-not-found',
      host: 'ca.northlight.example',
    }),
  ),
  'progress-failed': running(
    underway.failed('prove', {
      code: 'authorization-failed',
      problem: {
        type: 'urn:ietf:params:acme:error:incorrectResponse',
        detail: 'The one-time password does not match.',
        status: 403,
        subproblems: [],
        attemptsRemaining: 0,
      },
    }),
  ),
  'progress-clock': running(underway.failed('preflight', { code: 'clock', skewSeconds: 754 })),
  'progress-caa': running({ ...underway.interrupted('preflight', caaRefusal), ...release }),
  'progress-caa-account': running({
    ...underway.interrupted('preflight', {
      ...caaRefusal,
      reason: 'account',
      domain: '*.northlight.example',
      record: {
        name: 'northlight.example',
        tag: 'issuewild',
        value: 'ca.northlight.example; accounturi=https://ca.northlight.example/acme/acct/4711',
      },
    }),
    ...release,
  }),
  'progress-caa-critical': running({
    ...underway.interrupted('preflight', criticalCaa),
    ...release,
  }),
  'progress-cancelled': running(underway.cancelled()),
  'install-working': installed('installing', [
    installation(inBrowsers),
    { target: 'network-manager', status: 'working' },
  ]),
  'install-good': installed('done', [installation(inBrowsers), installation(inNetwork)]),
  'install-noted': scene({
    start,
    enrollments: [
      underway.installing('done', [installation(inBrowsers), installation(revokedInNetwork)]),
    ],
    wallet: {
      credentials: [
        { ...wifiCredential, id: 'c-old', installations: [inNetwork] },
        { ...wifiCredential, installations: [inBrowsers, revokedInNetwork] },
      ],
    },
  }),
  'install-tool-missing': installed('done', [
    {
      target: 'nss',
      status: 'failed',
      failure: {
        code: 'install',
        target: 'nss',
        reason: 'tool-missing',
        detail: 'spawn certutil ENOENT',
      },
    },
  ]),
  'install-nowhere': installed('done', [
    {
      target: 'nss',
      status: 'failed',
      failure: { code: 'install', target: 'nss', reason: 'store-locked' },
    },
  ]),
};
