import type { ProblemDocument } from '../../shared/failure.ts';
import { identifier, type Identifier } from './identifier.ts';
import { problemType, type ProblemType } from './problem-type.ts';
import {
  asObject,
  lenient,
  list,
  mapped,
  object,
  resourceUrl,
  text,
  wholeNumber,
  type Reader,
} from './shape.ts';

export type { ProblemDocument } from '../../shared/failure.ts';

const longestDetail = 4096;
const mostSubproblems = 100;

const uri = lenient(text({ maximum: 2048 }));
const detail = lenient(mapped(text({ maximum: Infinity }), (all) => all.slice(0, longestDetail)));

const subproblem = object({ type: uri, detail, identifier: lenient(identifier) });

// An error document is read for what it is worth: a bad member is dropped, not the whole report.
const problem = object({
  type: uri,
  title: detail,
  detail,
  status: lenient(wholeNumber(100, 599)),
  instance: lenient(resourceUrl),
  subproblems: lenient(list(lenient(subproblem), { maximum: Infinity })),
  attemptsRemaining: lenient(wholeNumber(0, 1_000)),
});

/** Defaults are those of RFC 7807 §3.1. */
const blank = 'about:blank';

type Subproblems = readonly (ReturnType<typeof subproblem> | undefined)[];

function documentSubproblems(found: Subproblems): ProblemDocument['subproblems'] {
  return found.slice(0, mostSubproblems).flatMap((each) => {
    if (each === undefined) return [];
    const { type = blank, detail = '', identifier } = each;
    return [{ type, detail, ...(identifier && { identifier }) }];
  });
}

/** Reads any JSON value as a problem document (RFC 7807, RFC 8555 §6.7); what it does not say stays empty. */
export function readProblemDocument(json: unknown, status = 0): ProblemDocument {
  const read = lenient(problem)(json, '');
  if (read === undefined) return { type: blank, detail: '', status, subproblems: [] };
  const { type = blank, title, instance, attemptsRemaining, subproblems = [] } = read;
  return {
    type,
    detail: read.detail ?? title ?? '',
    status: status === 0 ? (read.status ?? 0) : status,
    subproblems: documentSubproblems(subproblems),
    ...(instance !== undefined && { instance }),
    ...(attemptsRemaining !== undefined && { attemptsRemaining }),
  };
}

/** A problem document inside an order or a challenge. */
export const problemDocument: Reader<ProblemDocument> = (value, path) =>
  readProblemDocument(asObject(value, path));

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

/** One of several things that are wrong with a request (RFC 8555 §6.7.1). */
export interface Subproblem {
  readonly type: ProblemType | 'unknown';
  readonly detail: string;
  /** Which of the order's identifiers it is about; undefined when it is about the order as a whole. */
  readonly identifier: Identifier | undefined;
}

/** RFC 8555 §6.7.1, of a refusal or of the error inside an order or a challenge. */
export const subproblemsOf = ({ subproblems }: ProblemDocument): readonly Subproblem[] =>
  subproblems.map(({ type, detail, identifier }) => ({
    type: problemType(type),
    detail,
    identifier,
  }));

const algorithms = object({
  algorithms: list(text({ maximum: 64 }), { maximum: 64 }),
});

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
    this.algorithms = lenient(algorithms)(json, '')?.algorithms ?? [];
    this.document = {
      ...document,
      ...(context.helpUrl !== undefined && { helpUrl: context.helpUrl }),
      ...(context.retryAfter !== undefined && { retryAt: context.retryAfter.toISOString() }),
    };
  }

  get status(): number {
    return this.document.status;
  }

  get subproblems(): readonly Subproblem[] {
    return subproblemsOf(this.document);
  }
}
