import type { Failure } from '../../shared/failure.ts';

/** One failure of each code: a new code does not compile until it is here. */
export function everyFailure(): readonly Failure[] {
  const problem = {
    type: 'urn:ietf:params:acme:error:incorrectResponse',
    detail: 'wrong',
    status: 403,
    subproblems: [
      { type: 'about:blank', detail: 'x', identifier: { type: 'dns', value: 'a.example' } },
    ],
    attemptsRemaining: 2,
    retryAt: '2026-11-22T10:00:00.000Z',
  };
  const byCode: { readonly [Code in Failure['code']]: Extract<Failure, { code: Code }> } = {
    'invalid-request': { code: 'invalid-request' },
    internal: { code: 'internal' },
    'not-found': { code: 'not-found' },
    cancelled: { code: 'cancelled' },
    'acme-problem': { code: 'acme-problem', problem },
    'acme-protocol': { code: 'acme-protocol', detail: 'no Location' },
    network: { code: 'network', reason: 'refused', host: 'ca.example' },
    clock: { code: 'clock', skewSeconds: 900 },
    caa: {
      code: 'caa',
      reason: 'issuer',
      domain: 'www.a.example',
      at: 'a.example',
      issuer: 'ca.example',
      record: { name: 'a.example', tag: 'issue', value: 'ca.example' },
    },
    invitation: { code: 'invitation', reason: 'not-accepted', problem },
    terms: { code: 'terms', url: 'https://ca.example/terms' },
    profile: {
      code: 'profile',
      reason: 'expired',
      organization: { en: 'Example' },
      helpdesk: { email: 'help@example.test' },
    },
    'secret-store': { code: 'secret-store', reason: 'locked' },
    'wallet-storage': { code: 'wallet-storage', reason: 'in-use' },
    'unsupported-challenge': { code: 'unsupported-challenge', types: ['x-01'] },
    'unsafe-challenge': { code: 'unsafe-challenge', reason: 'rp-id', type: 'ppkp-01' },
    passkey: { code: 'passkey', reason: 'closed', detail: 'NotAllowedError' },
    candidate: { code: 'candidate', reason: 'expired' },
    authenticator: { code: 'authenticator', reason: 'not-allowed' },
    'network-file': { code: 'network-file', reason: 'not-pinned' },
    document: { code: 'document', reason: 'encrypted' },
    timestamp: { code: 'timestamp', reason: 'untrusted', host: 'time.example' },
    approval: { code: 'approval', reason: 'changed' },
    'not-approved': { code: 'not-approved', reason: 'declined', by: 'Kim', detail: 'no' },
    'authorization-failed': { code: 'authorization-failed', problem },
    'order-expired': { code: 'order-expired' },
    certificate: { code: 'certificate', reason: 'key-mismatch' },
    token: {
      code: 'token',
      reason: 'removed',
      module: 'SoftHSM',
      token: 'wallet',
      detail: 'CKR_DEVICE_REMOVED',
    },
    'token-module': {
      code: 'token-module',
      reason: 'other-architecture',
      path: '/usr/lib/card.so',
      detail: 'arm64',
    },
    install: { code: 'install', target: 'nss', reason: 'refused', detail: 'certutil' },
  };
  return Object.values(byCode);
}
