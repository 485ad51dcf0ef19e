import { z } from 'zod';
import type { ProblemDocument } from '../../shared/failure.ts';
import { identifierSchema, toIdentifier } from './identifier.ts';

export type { ProblemDocument } from '../../shared/failure.ts';

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

const longestDetail = 4096;
const mostSubproblems = 100;

// An error document is read for what it is worth: a bad member is dropped, not the whole report.
const optionally = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const uri = optionally(z.string().max(2048));
const detail = optionally(z.string().transform((text) => text.slice(0, longestDetail)));

const subproblemSchema = z.looseObject({
  type: uri,
  detail,
  identifier: optionally(identifierSchema),
});

const problemSchema = z.looseObject({
  type: uri,
  title: detail,
  detail,
  status: optionally(z.int().min(100).max(599)),
  instance: optionally(z.url({ protocol: /^https$/ }).max(2048)),
  subproblems: optionally(z.array(z.unknown()).transform((list) => list.slice(0, mostSubproblems))),
  attemptsRemaining: optionally(z.int().min(0).max(1_000)),
  algorithms: optionally(z.array(z.string().max(64)).max(64)),
});

/** Defaults are those of RFC 7807 §3.1. */
const blank = 'about:blank';

function readSubproblems(list: readonly unknown[]): ProblemDocument['subproblems'] {
  return list.flatMap((each) => {
    const parsed = subproblemSchema.safeParse(each);
    if (!parsed.success) return [];
    const { type = blank, detail = '', identifier } = parsed.data;
    return [{ type, detail, ...(identifier && { identifier: toIdentifier(identifier) }) }];
  });
}

/** Reads any JSON value as a problem document (RFC 7807, RFC 8555 §6.7); what it does not say stays empty. */
export function readProblemDocument(json: unknown, status = 0): ProblemDocument {
  const parsed = problemSchema.safeParse(json);
  if (!parsed.success) return { type: blank, detail: '', status, subproblems: [] };
  const { type = blank, title, instance, attemptsRemaining, subproblems = [] } = parsed.data;
  return {
    type,
    detail: parsed.data.detail ?? title ?? '',
    status: status === 0 ? (parsed.data.status ?? 0) : status,
    subproblems: readSubproblems(subproblems),
    ...(instance !== undefined && { instance }),
    ...(attemptsRemaining !== undefined && { attemptsRemaining }),
  };
}

/** A problem document inside an order or a challenge. */
export const problemDocumentSchema = z
  .looseObject({})
  .transform((json): ProblemDocument => readProblemDocument(json));

export interface ProblemContext {
  readonly url: string;
  readonly retryAfter?: Date | undefined;
  /** `Link rel="help"`: about the rate limit that was hit (RFC 8555 §6.6). */
  readonly helpUrl?: string | undefined;
  /** `Link rel="terms-of-service"`, when the terms have changed (RFC 8555 §7.3.3). */
  readonly termsOfServiceUrl?: string | undefined;
  /** `Location`: the account that has the key already, when a key change conflicts (RFC 8555 §7.3.5). */
  readonly location?: string | undefined;
}

/** The server refused a request and said why. */
export class AcmeProblem extends Error {
  readonly code = 'acme-problem';
  readonly type: ProblemType | 'unknown';
  readonly document: ProblemDocument;
  readonly context: ProblemContext;
  /** What a badSignatureAlgorithm says would be accepted (RFC 8555 §6.2). */
  readonly algorithms: readonly string[];

  constructor(doing: string, json: unknown, status: number, context: ProblemContext) {
    const document = readProblemDocument(json, status);
    super(`${doing}: ${document.type} (${status})`);
    this.name = 'AcmeProblem';
    this.type = problemType(document.type);
    this.context = context;
    this.algorithms = problemSchema.safeParse(json).data?.algorithms ?? [];
    this.document = {
      ...document,
      ...(context.helpUrl !== undefined && { helpUrl: context.helpUrl }),
      ...(context.retryAfter !== undefined && { retryAt: context.retryAfter.toISOString() }),
    };
  }

  get status(): number {
    return this.document.status;
  }
}
