import type { DatabaseSync } from 'node:sqlite';
import type { Identifier, ProblemDocument } from '../problems.ts';
import { selectRequest, toApprovalRequest } from './approvals.ts';
import type { ApprovalRequest } from './approvals.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

export type Challenge = {
  readonly id: string;
  readonly authorizationId: string;
  readonly type: string;
  readonly token: string;
  /** How many responses were counted. */
  readonly attempts: number;
  /** RFC 8555 §8.1, stored when the response arrived, with the account key of that moment. */
  readonly keyAuthorization: string | undefined;
  readonly respondedAt: Date | undefined;
  readonly validatedAt: Date | undefined;
  readonly failedAt: Date | undefined;
  readonly error: ProblemDocument | undefined;
};

export type Authorization = {
  readonly id: string;
  readonly accountId: string;
  /** Without the `*.` of a wildcard (RFC 8555 §7.1.3). */
  readonly identifier: Identifier;
  readonly wildcard: boolean;
  /** Good for the names below its own as well (RFC 9444). */
  readonly subdomains: boolean;
  /** Made by newAuthz, and so good for later orders. */
  readonly preauthorized: boolean;
  readonly expiresAt: Date;
  /** When the server granted it without a challenge. */
  readonly grantedAt: Date | undefined;
  readonly deactivatedAt: Date | undefined;
  /** Name of the profile whose rules it was made by; empty for one from before that was kept. */
  readonly profile: string;
  readonly challenges: readonly Challenge[];
  /** What it has to do with a request for approval; undefined of most. */
  readonly approval?: AuthorizationApproval | undefined;
};

/** It waits for the request to be approved (docs/approvals.md §3), or is how somebody approves it (§4). */
export type AuthorizationApproval = {
  readonly part: 'awaits' | 'approves';
  readonly request: ApprovalRequest;
};

export type NewChallenge = Pick<Challenge, 'id' | 'type' | 'token'>;

export type NewAuthorization = Omit<Authorization, 'challenges' | 'deactivatedAt'> & {
  readonly createdAt: Date;
  readonly challenges: readonly NewChallenge[];
};

export type Authorizations = {
  add(authorization: NewAuthorization): Authorization;
  find(id: string): Authorization | undefined;
  /** In the order's own sequence. */
  ofOrder(orderId: string): readonly Authorization[];
  /** An account's authorizations for an identifier that have not expired, in whatever state. */
  forIdentifier(accountId: string, identifier: Identifier, now: Date): readonly Authorization[];
  /** Those of them that newAuthz made. */
  preauthorizations(accountId: string, identifier: Identifier, now: Date): readonly Authorization[];
  /** How many of an account's neither were proven nor ended nor expired. */
  countOpenPreauthorizations(accountId: string, now: Date): number;
  /** Those by which an account approves, or tried to approve, a request; newest first. */
  approving(requestId: string, accountId: string): readonly Authorization[];
  /** How often a person has asked for one to approve a request by since then, by whatever account. */
  countApproving(requestId: string, personId: string, since: Date): number;
  deactivate(id: string, at: Date): void;
  expire(id: string, at: Date): void;
};

export function createAuthorizations(database: DatabaseSync): Authorizations {
  const challengesOf = database.prepare(
    'SELECT * FROM challenges WHERE authorization_id = ? ORDER BY position',
  );
  const byId = database.prepare('SELECT * FROM authorizations WHERE id = ?');
  const byOrder = database.prepare(
    `SELECT a.* FROM order_authorizations o JOIN authorizations a ON a.id = o.authorization_id
     WHERE o.order_id = ? ORDER BY o.position`,
  );
  // What has to do with approvals says nothing about control of an identifier.
  const unexpired =
    'account_id = ? AND identifier_type = ? AND identifier_value = ? AND expires_at > ? AND approval_id IS NULL';
  const byIdentifier = database.prepare(`SELECT * FROM authorizations WHERE ${unexpired}`);
  const preauthorized = database.prepare(
    `SELECT * FROM authorizations WHERE preauthorized = 1 AND ${unexpired}`,
  );
  const open = database.prepare(
    `SELECT count(*) AS open FROM authorizations a
     WHERE preauthorized = 1 AND account_id = ? AND expires_at > ?
     AND granted_at IS NULL AND deactivated_at IS NULL
     AND NOT EXISTS (
       SELECT 1 FROM challenges c WHERE c.authorization_id = a.id
       AND (c.validated_at IS NOT NULL OR c.failed_at IS NOT NULL))`,
  );
  const setDeactivated = database.prepare(
    'UPDATE authorizations SET deactivated_at = ? WHERE id = ?',
  );
  const setExpiry = database.prepare('UPDATE authorizations SET expires_at = ? WHERE id = ?');
  const requestById = database.prepare(`${selectRequest} WHERE r.id = ?`);
  const read = (row: Row): Authorization => ({
    ...toAuthorization(row, challengesOf.all(rows.text(row, 'id')).map(toChallenge)),
    approval: toApproval(row, (id) => requestById.get(id)),
  });
  return {
    add: prepareInsert(database),
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : read(row);
    },
    ofOrder: (orderId) => byOrder.all(orderId).map(read),
    forIdentifier: (accountId, { type, value }, now) =>
      byIdentifier.all(accountId, type, value, now.getTime()).map(read),
    preauthorizations: (accountId, { type, value }, now) =>
      preauthorized.all(accountId, type, value, now.getTime()).map(read),
    countOpenPreauthorizations: (accountId, now) =>
      Number(open.get(accountId, now.getTime())?.['open']),
    ...prepareApproving(database, read),
    deactivate: (id, at) => void setDeactivated.run(at.getTime(), id),
    expire: (id, at) => void setExpiry.run(at.getTime(), id),
  };
}

function prepareApproving(
  database: DatabaseSync,
  read: (row: Row) => Authorization,
): Pick<Authorizations, 'approving' | 'countApproving'> {
  const approving = database.prepare(
    `SELECT * FROM authorizations WHERE approval_id = ? AND approves = 1 AND account_id = ?
     ORDER BY created_at DESC, rowid DESC`,
  );
  const tries = database.prepare(
    `SELECT count(*) AS tries FROM authorizations z JOIN accounts a ON a.id = z.account_id
     WHERE z.approval_id = ? AND z.approves = 1 AND a.person_id = ? AND z.created_at > ?`,
  );
  return {
    approving: (requestId, accountId) => approving.all(requestId, accountId).map(read),
    countApproving: (requestId, personId, since) =>
      Number(tries.get(requestId, personId, since.getTime())?.['tries']),
  };
}

function prepareInsert(database: DatabaseSync): Authorizations['add'] {
  const insert = database.prepare(
    `INSERT INTO authorizations (id, account_id, identifier_type, identifier_value, wildcard,
       preauthorized, created_at, expires_at, granted_at, subdomains, profile,
       approval_id, approves)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertChallenge = database.prepare(
    'INSERT INTO challenges (id, authorization_id, position, type, token) VALUES (?, ?, ?, ?, ?)',
  );
  return (authorization) => {
    const { createdAt, challenges, ...rest } = authorization;
    insert.run(
      authorization.id,
      authorization.accountId,
      authorization.identifier.type,
      authorization.identifier.value,
      Number(authorization.wildcard),
      Number(authorization.preauthorized),
      createdAt.getTime(),
      authorization.expiresAt.getTime(),
      authorization.grantedAt?.getTime() ?? null,
      Number(authorization.subdomains),
      authorization.profile,
      authorization.approval?.request.id ?? null,
      Number(authorization.approval?.part === 'approves'),
    );
    challenges.forEach(({ id, type, token }, position) =>
      insertChallenge.run(id, authorization.id, position, type, token),
    );
    return {
      ...rest,
      deactivatedAt: undefined,
      challenges: challenges.map((challenge) => newChallenge(challenge, authorization.id)),
    };
  };
}

function newChallenge(challenge: NewChallenge, authorizationId: string): Challenge {
  return {
    ...challenge,
    authorizationId,
    attempts: 0,
    keyAuthorization: undefined,
    respondedAt: undefined,
    validatedAt: undefined,
    failedAt: undefined,
    error: undefined,
  };
}

function toAuthorization(row: Row, challenges: readonly Challenge[]): Authorization {
  return {
    id: rows.text(row, 'id'),
    accountId: rows.text(row, 'account_id'),
    identifier: {
      type: rows.text(row, 'identifier_type'),
      value: rows.text(row, 'identifier_value'),
    },
    wildcard: rows.flag(row, 'wildcard'),
    subdomains: rows.flag(row, 'subdomains'),
    preauthorized: rows.flag(row, 'preauthorized'),
    expiresAt: rows.date(row, 'expires_at'),
    grantedAt: rows.optionalDate(row, 'granted_at'),
    deactivatedAt: rows.optionalDate(row, 'deactivated_at'),
    profile: rows.text(row, 'profile'),
    challenges,
  };
}

function toApproval(
  row: Row,
  requestOf: (id: string) => Row | undefined,
): AuthorizationApproval | undefined {
  const id = rows.optionalText(row, 'approval_id');
  if (id === undefined) return undefined;
  const request = requestOf(id);
  if (request === undefined) throw new rows.StateError('an authorization is for no request');
  const part = rows.flag(row, 'approves') ? 'approves' : 'awaits';
  return { part, request: toApprovalRequest(request) };
}

export function toChallenge(row: Row): Challenge {
  return {
    id: rows.text(row, 'id'),
    authorizationId: rows.text(row, 'authorization_id'),
    type: rows.text(row, 'type'),
    token: rows.text(row, 'token'),
    attempts: rows.number(row, 'attempts'),
    keyAuthorization: rows.optionalText(row, 'key_authorization'),
    respondedAt: rows.optionalDate(row, 'responded_at'),
    validatedAt: rows.optionalDate(row, 'validated_at'),
    failedAt: rows.optionalDate(row, 'failed_at'),
    error: rows.optionalJson(row, 'error') as ProblemDocument | undefined,
  };
}
