import type { Failure } from '../../shared/failure.ts';
import { InvalidMacKey } from '../acme/external-account-binding.ts';
import { AuthorizationFailed, NoProof, OrderFailed } from '../acme/issuance-error.ts';
import { KeyInUse } from '../acme/key-change.ts';
import { AcmeProblem } from '../acme/problem.ts';
import {
  AcmeOutcomeUnknown,
  AcmePollDeadline,
  AcmeProtocolError,
  AcmeRequestError,
} from '../acme/protocol-error.ts';
import { ApprovalError } from '../approvals/approval-error.ts';
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
import { EapConfigError } from '../install/network/eap-config-error.ts';
import { DocumentError, TimestampError } from '../signing/document-error.ts';
import { WalletError } from '../wallet/wallet-error.ts';

/** Turns whatever was thrown into what the page may know; what nobody foresaw is `internal`, and is reported. */
export function failureTranslator(report: (error: unknown) => void): (error: unknown) => Failure {
  return (error) => {
    const failure = expectedFailure(error);
    if (failure === undefined) report(error);
    return failure ?? { code: 'internal' };
  };
}

type Translation = (error: unknown) => Failure | undefined;

function expectedFailure(error: unknown): Failure | undefined {
  for (const translation of translations) {
    const failure = translation(error);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** No member of a failure may be taken from a message or a cause: those may quote what they failed at. */
const translations: readonly Translation[] = [
  of(ApprovalError, (error) => error.failure),
  of(EnrollmentError, (error) => error.failure),
  of(CredentialError, (error) => error.failure),
  of(InstallError, (error) => error.toFailure()),
  of(AcmeProblem, ({ document }) => ({ code: 'acme-problem', problem: document })),
  of(AcmeProtocolError, ({ reason, url }) => ({
    code: 'acme-protocol',
    detail: `${reason} (${hostOf(url)})`,
  })),
  of(AcmeOutcomeUnknown, ({ url, cause }) =>
    cause instanceof HttpError ? network(cause) : unanswered(url),
  ),
  of(OrderFailed, ({ order }) =>
    order.error ? { code: 'acme-problem', problem: order.error } : { code: 'authorization-failed' },
  ),
  of(AuthorizationFailed, ({ authorization: { problem } }) => ({
    code: 'authorization-failed',
    ...(problem && { problem }),
  })),
  of(NoProof, ({ offered }) => ({ code: 'unsupported-challenge', types: offered })),
  of(AcmeRequestError, () => ({ code: 'invalid-request' })),
  of(AcmePollDeadline, ({ url }) => unanswered(url)),
  of(HttpError, network),
  of(EapConfigError, ({ reason }) => ({ code: 'network-file', reason })),
  of(DocumentError, ({ reason }) => ({ code: 'document', reason })),
  of(TimestampError, ({ reason, host }) => ({ code: 'timestamp', reason, host })),
  of(CertificateError, ({ reason }) => ({ code: 'certificate', reason })),
  of(KeystoreError, ({ reason }) => ({ code: 'secret-store', reason })),
  of(WalletError, ({ reason }) => ({ code: 'wallet-storage', reason })),
  of(KeyNotFoundError, () => ({ code: 'not-found' })),
  of(TokenError, (error) => error.toFailure()),
  of(ModuleError, (error) => error.toFailure()),
  of(OsKeyError, (error) => error.toFailure()),
  of(PasskeyError, ({ reason, detail }) => ({
    code: 'passkey',
    reason,
    ...(detail !== undefined && { detail }),
  })),
  of(AuthenticatorError, ({ code: reason }) => ({ code: 'authenticator', reason })),
  of(KeyInUse, () => ({ code: 'acme-protocol', detail: 'another account has that key' })),
  of(KeyPlaceError, () => ({ code: 'invalid-request' })),
  of(PinAnswerError, ({ reason }) => ({
    code: reason === 'not-open' ? 'not-found' : 'invalid-request',
  })),
  of(InvitationError, ({ reason }) => ({ code: 'invitation', reason })),
  of(InvalidMacKey, () => ({ code: 'invitation', reason: 'malformed' })),
  of(ProfileError, ({ reason, contact, detail }) => ({
    ...{ code: 'profile', reason, ...contact },
    ...(detail !== undefined && { detail }),
  })),
  of(PreviewError, ({ reason }) => ({
    code: reason === 'gone' ? 'not-found' : 'invalid-request',
  })),
  (error) => (isAbort(error) ? { code: 'cancelled' } : undefined),
];

function of<Thrown extends Error>(
  constructor: abstract new (...parameters: never) => Thrown,
  translate: (error: Thrown) => Failure,
): Translation {
  return (error) => (error instanceof constructor ? translate(error) : undefined);
}

function network({ reason, host }: HttpError): Failure {
  return { code: 'network', reason, host };
}

function unanswered(url: string): Failure {
  return { code: 'network', reason: 'timeout', host: hostOf(url) };
}

/** Without path and query, which may name a person or an account. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

/** `AbortSignal` rejects with a DOMException by this name; `timers/promises` with an error of the same. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
