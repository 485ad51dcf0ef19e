import { fail } from '../case.ts';
import type { Reply } from './transport.ts';

export type Json = Readonly<Record<string, unknown>>;

export type Problem = {
  /** Without `urn:ietf:params:acme:error:`. */
  readonly type: string;
  readonly detail: string | undefined;
  readonly attemptsRemaining: unknown;
};

export type Challenge = {
  readonly type: string;
  readonly url: string;
  readonly status: string;
  readonly token: string | undefined;
  readonly error: Problem | undefined;
  /** All of it, as it came. */
  readonly members: Json;
};

export type Authorization = {
  readonly status: string;
  readonly identifier: { readonly type: string; readonly value: string };
  readonly wildcard: boolean;
  readonly challenges: readonly Challenge[];
  /** RFC 3339. */
  readonly expires: string | undefined;
  /** URL of the request that it belongs to (docs/approvals.md §3). */
  readonly approval: string | undefined;
  /** All of it, as it came. */
  readonly members: Json;
};

export type Order = {
  readonly status: string;
  readonly authorizations: readonly string[];
};

export type Identifier = Authorization['identifier'];

/** The JSON object of an answer. Ends the case when there is none. */
export function readJson(reply: Reply, what: string): Json {
  try {
    return readObject(JSON.parse(reply.body), what);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail(`${what} is no JSON (${reply.status})`);
  }
}

function readObject(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  return fail(`${what} is no JSON object`);
}

function readText(members: Json, name: string, what: string): string {
  const value = members[name];
  return typeof value === 'string' ? value : fail(`${what} has no text "${name}"`);
}

function readUrl(members: Json, name: string, what: string): string {
  const value = readText(members, name, what);
  return value.startsWith('https://') ? value : fail(`"${name}" of ${what} is no https URL`);
}

const prefix = 'urn:ietf:params:acme:error:';

/** RFC 7807, RFC 8555 §6.7. */
export function readProblem(value: unknown): Problem {
  const members = readObject(value, 'a problem');
  const type = readText(members, 'type', 'a problem');
  const { detail, attemptsRemaining } = members as {
    detail?: unknown;
    attemptsRemaining?: unknown;
  };
  return {
    type: type.startsWith(prefix) ? type.slice(prefix.length) : type,
    detail: typeof detail === 'string' ? detail : undefined,
    attemptsRemaining,
  };
}

const challengeStatuses = ['pending', 'processing', 'valid', 'invalid'];

/** RFC 8555 §7.1.5 and §8. */
export function readChallenge(value: unknown): Challenge {
  const members = readObject(value, 'a challenge');
  const type = readText(members, 'type', 'a challenge');
  const what = `a ${type} challenge`;
  const status = readText(members, 'status', what);
  if (!challengeStatuses.includes(status)) fail(`${what} has the status "${status}"`);
  // §8: when it was validated is required of a valid challenge.
  if (status === 'valid' && !isTime(members['validated'])) {
    fail(`${what} is valid without a time in "validated" (RFC 8555 §8)`);
  }
  const { token, error } = members as { token?: unknown; error?: unknown };
  if (token !== undefined && typeof token !== 'string') fail(`the token of ${what} is no text`);
  return {
    ...{ type, url: readUrl(members, 'url', what), status, members },
    token: typeof token === 'string' ? token : undefined,
    error: error === undefined ? undefined : readProblem(error),
  };
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value);
}

const authorizationStatuses = 'pending,valid,invalid,deactivated,expired,revoked'.split(',');

/** RFC 8555 §7.1.4. */
export function readAuthorization(reply: Reply): Authorization {
  const what = 'an authorization';
  const members = readJson(reply, what);
  const status = readText(members, 'status', what);
  if (!authorizationStatuses.includes(status)) fail(`${what} has the status "${status}"`);
  const identifier = readObject(members['identifier'], 'the identifier of an authorization');
  const { challenges, expires, approval } = members;
  if (expires !== undefined && !isTime(expires)) fail(`"expires" of ${what} is no time`);
  if (!Array.isArray(challenges)) fail(`${what} has no list of challenges`);
  return {
    status,
    identifier: {
      type: readText(identifier, 'type', 'an identifier'),
      value: readText(identifier, 'value', 'an identifier'),
    },
    wildcard: members['wildcard'] === true,
    challenges: (challenges as unknown[]).map(readChallenge),
    expires: typeof expires === 'string' ? expires : undefined,
    approval: approval === undefined ? undefined : readUrl(members, 'approval', what),
    members,
  };
}

/** RFC 8555 §7.1.3. */
export function readOrder(reply: Reply): Order {
  const members = readJson(reply, 'an order');
  const { authorizations } = members as { authorizations?: unknown };
  if (!Array.isArray(authorizations) || !authorizations.every((one) => typeof one === 'string')) {
    fail('an order has no list of authorizations');
  }
  return {
    status: readText(members, 'status', 'an order'),
    authorizations: authorizations,
  };
}
