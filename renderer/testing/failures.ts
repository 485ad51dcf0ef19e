import {
  authenticatorFaults,
  candidateFaults,
  challengeFaults,
  moduleFaults,
  passkeyFaults,
  proofLinks,
  tokenFaults,
  type ChallengeFault,
  type Failure,
  type ModuleFault,
  type TokenFault,
} from '../../shared/failure.ts';
import { approvalFaults } from '../../shared/models/approval.ts';
import { networkFileFaults } from '../../shared/models/network.ts';
import { documentFaults, timestampFaults } from '../../shared/models/signing.ts';

const acme = 'urn:ietf:params:acme:error:';

export function problem(
  type: string,
  detail: string,
  changes: Partial<Extract<Failure, { code: 'acme-problem' }>['problem']> = {},
): Extract<Failure, { code: 'acme-problem' }> {
  return {
    code: 'acme-problem',
    problem: { type: `${acme}${type}`, detail, status: 403, subproblems: [], ...changes },
  };
}

export const wrongCode = (attemptsRemaining: number): Failure =>
  problem('incorrectResponse', 'The one-time password does not match.', { attemptsRemaining });

export const throttled: Failure = problem('rateLimited', 'Too many attempts for this credential.', {
  status: 429,
  retryAt: '2026-11-22T10:05:00Z',
});

const reasons = {
  token: tokenFaults,
  'token-module': moduleFaults,
  'unsafe-challenge': challengeFaults,
  passkey: passkeyFaults,
  candidate: candidateFaults,
  authenticator: authenticatorFaults,
  approval: approvalFaults,
  'not-approved': ['declined', 'expired', 'withdrawn'],
  'network-file': networkFileFaults,
  document: documentFaults,
  timestamp: timestampFaults,
  caa: ['issuer', 'account', 'method', 'critical', 'unreadable'],
  network: [
    'refused',
    'reset',
    'timeout',
    'name-not-found',
    'unreachable',
    'tls-untrusted',
    'tls-failed',
    'proxy-authentication',
    'proxy-refused',
    'response-too-large',
    'response-malformed',
  ],
  invitation: [
    'not-an-invitation',
    'unsafe-address',
    'carries-trust',
    'malformed',
    'other-organization',
    'required',
    'not-accepted',
  ],
  profile: [
    'too-large',
    'not-a-profile',
    'signature-invalid',
    'newer-version',
    'malformed',
    'not-yet-valid',
    'expired',
    'superseded',
    'signer-changed',
  ],
  'secret-store': ['absent', 'locked', 'denied', 'damaged'],
  'wallet-storage': ['unreadable', 'not-writable', 'newer-version', 'in-use'],
  certificate: [
    'key-mismatch',
    'chain-broken',
    'not-yet-valid',
    'expired',
    'identifier-mismatch',
    'purpose-mismatch',
    'unreadable',
  ],
  install: [
    'tool-missing',
    'store-not-writable',
    'administrator-needed',
    'store-locked',
    'not-found',
    'not-on-token',
    'refused',
    'not-exportable',
    'unsuitable',
    'not-running',
    'proof-failed',
  ],
} as const satisfies {
  [Code in Extract<Failure, { reason: string }>['code']]: readonly Extract<
    Failure,
    { code: Code; reason: string }
  >['reason'][];
};

export const unsafeChallenge = (reason: ChallengeFault): Failure => ({
  code: 'unsafe-challenge',
  reason,
  type: 'ppkp-01',
});

export const caaRefusal: Extract<Failure, { code: 'caa' }> = {
  code: 'caa',
  reason: 'issuer',
  domain: 'releases.northlight.example',
  at: 'northlight.example',
  issuer: 'ca.northlight.example',
  record: { name: 'northlight.example', tag: 'issue', value: 'ca.northlight.example' },
};

export const tokenFailure = (
  reason: TokenFault,
  changes: Partial<Extract<Failure, { code: 'token' }>> = {},
): Failure => ({
  code: 'token',
  reason,
  module: 'OpenSC smartcard framework',
  token: 'Alex’s card',
  detail: 'CKR_GENERAL_ERROR',
  ...changes,
});

export const moduleFailure = (
  reason: ModuleFault,
  changes: Partial<Extract<Failure, { code: 'token-module' }>> = {},
): Failure => ({ code: 'token-module', reason, path: '/opt/acme/lib/libacmep11.so', ...changes });

/** At least one of every failure there is, and one of each reason. */
export const allFailures: readonly Failure[] = [
  { code: 'invalid-request' },
  { code: 'internal' },
  { code: 'not-found' },
  { code: 'cancelled' },
  { code: 'order-expired' },
  { code: 'acme-protocol', detail: 'The order has no finalize URL.' },
  { code: 'clock', skewSeconds: -754 },
  { code: 'terms', url: 'https://ca.northlight.example/terms/2' },
  { code: 'unsupported-challenge', types: ['ppkp-01', 'dns-01'] },
  ...reasons.approval.map((reason): Failure => ({ code: 'approval', reason })),
  ...reasons['not-approved'].map((reason): Failure => ({
    ...{ code: 'not-approved', reason, by: 'Kim Weber', detail: 'The release is not frozen yet.' },
  })),
  { code: 'authorization-failed' },
  ...['unauthorized', 'externalAccountRequired', 'userActionRequired', 'rejectedIdentifier'].map(
    (type) => problem(type, 'As the server put it.'),
  ),
  ...['serverInternal', 'alreadyRevoked', 'incorrectResponse', 'rateLimited', 'badCSR'].map(
    (type) => problem(type, 'As the server put it.'),
  ),
  wrongCode(0),
  wrongCode(1),
  wrongCode(3),
  throttled,
  ...reasons['unsafe-challenge'].map((reason) => unsafeChallenge(reason)),
  ...reasons.passkey.map((reason): Failure => ({ code: 'passkey', reason })),
  ...reasons.candidate.map((reason): Failure => ({ code: 'candidate', reason })),
  ...reasons.authenticator.map((reason): Failure => ({ code: 'authenticator', reason })),
  ...reasons['network-file'].map((reason): Failure => ({ code: 'network-file', reason })),
  ...reasons.document.map((reason): Failure => ({ code: 'document', reason })),
  ...reasons.timestamp.map((reason): Failure => ({
    code: 'timestamp',
    reason,
    host: 'time.northlight.example',
  })),
  ...reasons.caa.map((reason): Failure => ({ ...caaRefusal, reason })),
  ...reasons.network.map((reason): Failure => ({
    code: 'network',
    reason,
    host: 'ca.northlight.example',
  })),
  ...reasons.invitation.map((reason): Failure => ({ code: 'invitation', reason })),
  ...reasons.profile.map((reason): Failure => ({ code: 'profile', reason })),
  ...reasons['secret-store'].map((reason): Failure => ({ code: 'secret-store', reason })),
  ...reasons['wallet-storage'].map((reason): Failure => ({ code: 'wallet-storage', reason })),
  ...reasons.token.map((reason) => tokenFailure(reason)),
  ...reasons['token-module'].map((reason) => moduleFailure(reason)),
  ...reasons.certificate.map((reason): Failure => ({ code: 'certificate', reason })),
  ...reasons.install.map((reason): Failure => ({ code: 'install', target: 'nss', reason })),
  ...proofLinks.map((link): Failure => ({
    code: 'install',
    target: 'nss',
    reason: 'proof-failed',
    link,
  })),
];
