/** RFC 8555 §6.7, draft-ietf-acme-profiles §6.3 and RFC 9773 §7.4, each with its usual HTTP status. */
const statuses = {
  accountDoesNotExist: 400,
  alreadyReplaced: 409,
  alreadyRevoked: 400,
  badCSR: 400,
  badNonce: 400,
  badPublicKey: 400,
  badRevocationReason: 400,
  badSignatureAlgorithm: 400,
  caa: 403,
  compound: 403,
  connection: 400,
  dns: 400,
  externalAccountRequired: 403,
  incorrectResponse: 403,
  invalidContact: 400,
  invalidProfile: 400,
  malformed: 400,
  orderNotReady: 403,
  rateLimited: 429,
  rejectedIdentifier: 403,
  serverInternal: 500,
  tls: 400,
  unauthorized: 403,
  unsupportedContact: 400,
  unsupportedIdentifier: 400,
  userActionRequired: 403,
} as const;

export type ProblemType = keyof typeof statuses;

export type Identifier = { readonly type: string; readonly value: string };

/** RFC 7807, with the members that ACME and its extensions add. */
export type ProblemDocument = {
  readonly type: string;
  readonly status?: number;
  readonly detail: string;
  readonly instance?: string;
  /** RFC 8555 §6.7.1: only inside `subproblems`. */
  readonly identifier?: Identifier;
  readonly subproblems?: readonly ProblemDocument[];
  /** RFC 8555 §6.2: what `badSignatureAlgorithm` would have accepted. */
  readonly algorithms?: readonly string[];
  /** How many more one-time codes this challenge takes. */
  readonly attemptsRemaining?: number;
};

export type ProblemExtras = {
  /** In place of the usual status. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly members?: Pick<
    ProblemDocument,
    'instance' | 'subproblems' | 'algorithms' | 'attemptsRemaining'
  >;
  readonly cause?: unknown;
};

/** A refusal, as the client will read it. */
export class Problem extends Error {
  readonly code: ProblemType;
  readonly document: ProblemDocument & { readonly status: number };
  readonly headers: Readonly<Record<string, string | readonly string[]>>;

  constructor(code: ProblemType, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause });
    this.code = code;
    this.headers = extras.headers ?? {};
    const status = extras.status ?? statuses[code];
    this.document = { type: problemUrn(code), status, detail, ...extras.members };
  }
}

export function problemUrn(code: ProblemType): string {
  return `urn:ietf:params:acme:error:${code}`;
}

/** What is wrong with one identifier of several. */
export type IdentifierProblem = {
  readonly code: ProblemType;
  readonly detail: string;
  readonly identifier: Identifier;
};

/** One refusal for several identifiers (RFC 8555 §6.7.1): `compound` when they differ in kind. */
export function identifierProblems(problems: readonly IdentifierProblem[]): Problem {
  const [first] = problems;
  const same = problems.every(({ code }) => code === first?.code);
  const code = same && first !== undefined ? first.code : 'compound';
  const subproblems = problems.map((problem) => ({
    type: problemUrn(problem.code),
    detail: problem.detail,
    identifier: problem.identifier,
  }));
  const detail =
    problems.length === 1 && first !== undefined
      ? first.detail
      : `${problems.length} identifiers cannot be accepted.`;
  return new Problem(code, detail, { members: { subproblems } });
}
