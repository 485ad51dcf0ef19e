import type { HttpFault } from './http-client.ts';

const byCode: Readonly<Record<string, HttpFault>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  EAI_NONAME: 'name-not-found',
  EAI_NODATA: 'name-not-found',
  EAI_FAIL: 'name-not-found',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  EPROTO: 'tls-failed',
  HPE_HEADER_OVERFLOW: 'response-too-large',
  ERR_HTTP2_ERROR: 'response-malformed',
};

// The codes of a failed verification, as Node's tls page lists them.
const untrusted: ReadonlySet<string> = new Set([
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CRL_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CRL_LAST_UPDATE_FIELD',
  'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
  'OUT_OF_MEM',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'HOSTNAME_MISMATCH',
  'UNSPECIFIED',
]);

/** What an error of the socket, the TLS or the HTTP parser means; by its code, never by its message. */
export function httpFaultOf(error: unknown, sent: boolean): HttpFault {
  if (error instanceof AggregateError) return mostTelling(error.errors, sent);
  const code = codeOf(error);
  const known = byCode[code];
  if (known !== undefined) return known;
  if (untrusted.has(code)) return 'tls-untrusted';
  if (code.startsWith('HPE_')) return 'response-malformed';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls-failed';
  return sent ? 'reset' : 'unreachable';
}

// A host has several addresses, often one of IPv6 that leads nowhere: whoever answered, if only to refuse, says more.
function mostTelling(errors: readonly unknown[], sent: boolean): HttpFault {
  const faults = errors.map((error) => httpFaultOf(error, sent));
  const telling = (['refused', 'timeout'] as const).find((fault) => faults.includes(fault));
  return telling ?? faults[0] ?? 'unreachable';
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
