/** The error types of RFC 8555 §6.7 and of the extensions that this client speaks. */
export const problemTypes = [
  'accountDoesNotExist',
  'alreadyReplaced',
  'alreadyRevoked',
  'badAttestationStatement',
  'badCSR',
  'badNonce',
  'badPublicKey',
  'badRevocationReason',
  'badSignatureAlgorithm',
  'caa',
  'compound',
  'connection',
  'dns',
  'externalAccountRequired',
  'incorrectResponse',
  'invalidContact',
  'invalidProfile',
  'malformed',
  'orderNotReady',
  'rateLimited',
  'rejectedIdentifier',
  'serverInternal',
  'tls',
  'unauthorized',
  'unsupportedContact',
  'unsupportedIdentifier',
  'userActionRequired',
] as const;
export type ProblemType = (typeof problemTypes)[number];

const namespace = 'urn:ietf:params:acme:error:';

/** The name in the ACME namespace; `unknown` for any other URI, which RFC 8555 §6.7 allows. */
export function problemType(uri: string): ProblemType | 'unknown' {
  if (!uri.startsWith(namespace)) return 'unknown';
  return problemTypes.find((type) => type === uri.slice(namespace.length)) ?? 'unknown';
}
