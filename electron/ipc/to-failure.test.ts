import { describe, expect, it } from 'vitest';
import type { Failure } from '../../shared/failure.ts';
import { InvalidMacKey } from '../acme/external-account-binding.ts';
import { AuthorizationFailed, NoProof, OrderFailed } from '../acme/issuance-error.ts';
import { parseOrder } from '../acme/order.ts';
import { AcmeProblem } from '../acme/problem.ts';
import {
  AcmeOutcomeUnknown,
  AcmePollDeadline,
  AcmeProtocolError,
  AcmeRequestError,
} from '../acme/protocol-error.ts';
import { AuthenticatorError } from '../authenticator/authenticator-error.ts';
import { CertificateError } from '../certificates/certificate-error.ts';
import { CredentialError } from '../credentials/credential-error.ts';
import { EnrollmentError } from '../enrollment/enrollment-error.ts';
import { HttpError } from '../http/http-client.ts';
import { InstallError } from '../install/install-target.ts';
import { KeyPlaceError } from '../keys/key-ring.ts';
import { OsKeyError } from '../keys/os/os-key-error.ts';
import { PinAnswerError } from '../keys/pin-desk.ts';
import { KeyNotFoundError } from '../keys/software-keys.ts';
import { KeystoreError } from '../keystore/secret-store.ts';
import { InvitationError, PreviewError, ProfileError } from '../organizations/errors.ts';
import { PasskeyError } from '../passkeys/ceremony.ts';
import { ModuleError, TokenError } from '../pkcs11/token-error.ts';
import { WalletError } from '../wallet/wallet-error.ts';
import { failureTranslator } from './to-failure.ts';

const secret = 'hunter2';
const url = `https://ca.example.test:14000/order/${secret}`;
const refused = new HttpError('refused', 'ca.example.test:14000');
const network: Failure = { code: 'network', reason: 'refused', host: 'ca.example.test:14000' };
const late: Failure = { code: 'network', reason: 'timeout', host: 'ca.example.test:14000' };
const contact = { organization: { en: 'Example' }, helpdesk: { email: 'help@example.test' } };

const order = {
  status: 'invalid',
  identifiers: [{ type: 'dns', value: 'a.example' }],
  authorizations: [],
  finalize: 'https://ca.example.test/finalize',
};

const expected: readonly (readonly [Error, Failure])[] = [
  [refused, network],
  [
    new AcmeProtocolError('order-malformed', secret, { url }),
    { code: 'acme-protocol', detail: 'order-malformed (ca.example.test:14000)' },
  ],
  [
    new AcmeProblem(
      secret,
      { type: 'urn:ietf:params:acme:error:rateLimited', detail: 'Slow down.' },
      429,
      {
        url,
        retryAfter: new Date('2026-11-22T12:00:00Z'),
      },
    ),
    {
      code: 'acme-problem',
      problem: {
        type: 'urn:ietf:params:acme:error:rateLimited',
        detail: 'Slow down.',
        status: 429,
        subproblems: [],
        retryAt: '2026-11-22T12:00:00.000Z',
      },
    },
  ],
  [new AcmeOutcomeUnknown(secret, url, { cause: refused }), network],
  [new AcmeOutcomeUnknown(secret, url, { cause: new Error(secret) }), late],
  [new AcmePollDeadline(secret, url), late],
  [new AcmeRequestError('wildcard', secret), { code: 'invalid-request' }],
  [
    new OrderFailed(parseOrder({ ...order, error: { type: 'urn:x', detail: 'No.' } }, url)),
    {
      code: 'acme-problem',
      problem: { type: 'urn:x', detail: 'No.', status: 0, subproblems: [] },
    },
  ],
  [new OrderFailed(parseOrder(order, url)), { code: 'authorization-failed' }],
  [
    new AuthorizationFailed({
      url,
      identifier: { type: 'dns', value: 'a.example' },
      status: 'invalid',
      type: 'dns-01',
      problem: undefined,
    }),
    { code: 'authorization-failed' },
  ],
  [
    new NoProof({ type: 'dns', value: 'a.example' }, ['dns-01']),
    { code: 'unsupported-challenge', types: ['dns-01'] },
  ],
  [new CertificateError('expired', secret), { code: 'certificate', reason: 'expired' }],
  [new KeystoreError('locked', secret), { code: 'secret-store', reason: 'locked' }],
  [new WalletError('newer-version', secret), { code: 'wallet-storage', reason: 'newer-version' }],
  [new KeyNotFoundError(secret), { code: 'not-found' }],
  [
    new TokenError({ reason: 'pin-incorrect', module: 'SoftHSM', token: 'work' }, secret),
    { code: 'token', reason: 'pin-incorrect', module: 'SoftHSM', token: 'work' },
  ],
  [
    new ModuleError({ reason: 'crashed', path: '/usr/lib/module.so' }, { cause: secret }),
    { code: 'token-module', reason: 'crashed', path: '/usr/lib/module.so' },
  ],
  [new OsKeyError({ reason: 'absent' }, secret), { code: 'secret-store', reason: 'absent' }],
  [new PasskeyError('closed', secret), { code: 'passkey', reason: 'closed' }],
  [
    new PasskeyError('refused', secret, { detail: 'NotAllowedError' }),
    { code: 'passkey', reason: 'refused', detail: 'NotAllowedError' },
  ],
  [new AuthenticatorError('unreadable', secret), { code: 'authenticator', reason: 'unreadable' }],
  [new AuthenticatorError('not-allowed', secret), { code: 'authenticator', reason: 'not-allowed' }],
  [new AuthenticatorError('not-kept', secret), { code: 'authenticator', reason: 'not-kept' }],
  [new KeyPlaceError('os'), { code: 'invalid-request' }],
  [new PinAnswerError('not-open'), { code: 'not-found' }],
  [new PinAnswerError('unfit'), { code: 'invalid-request' }],
  [new InvitationError('malformed', secret), { code: 'invitation', reason: 'malformed' }],
  [new InvalidMacKey(), { code: 'invitation', reason: 'malformed' }],
  [new ProfileError('malformed', secret), { code: 'profile', reason: 'malformed' }],
  [
    new ProfileError('expired', secret, { contact }),
    { code: 'profile', reason: 'expired', ...contact },
  ],
  [new PreviewError('gone', secret), { code: 'not-found' }],
  [new PreviewError('not-compared', secret), { code: 'invalid-request' }],
  [
    new InstallError('nss', 'tool-missing', 'libnss3-tools'),
    { code: 'install', target: 'nss', reason: 'tool-missing', detail: 'libnss3-tools' },
  ],
  [new EnrollmentError({ code: 'order-expired' }, secret), { code: 'order-expired' }],
  [new CredentialError({ code: 'not-found' }, secret), { code: 'not-found' }],
  [new DOMException(secret, 'AbortError'), { code: 'cancelled' }],
  [AbortSignal.abort().reason as Error, { code: 'cancelled' }],
];

describe('failureTranslator', () => {
  it.each(expected)('translates %s', (error, failure) => {
    const reported: unknown[] = [];
    const translated = failureTranslator((unforeseen) => reported.push(unforeseen))(error);
    expect(translated).toEqual(failure);
    expect(JSON.stringify(translated)).not.toContain(secret);
    expect(reported).toEqual([]);
  });

  it.each([new Error(secret), new TypeError(secret), secret, undefined, null, { code: 'network' }])(
    'calls %s internal, says no more to the page, and reports it',
    (error) => {
      const reported: unknown[] = [];
      const translate = failureTranslator((unforeseen) => reported.push(unforeseen));
      expect(translate(error)).toEqual({ code: 'internal' });
      expect(reported).toEqual([error]);
    },
  );
});
