import type { AccountKey } from './account-key.ts';
import type { Answer } from './answer.ts';
import type { Authority } from './authority.ts';
import type { ResourceName } from './fault-kinds.ts';
import type { FlattenedJws, JwsHeader } from './jws.ts';
import { readJsonObject } from './jws.ts';
import { Problem } from './problems.ts';
import type { Account } from './state/accounts.ts';

/** A request on a row of the route table, before anything in it is believed. */
export type Exchange = {
  readonly resource: ResourceName;
  /** Origin, path and query: what the client must have signed (RFC 8555 §6.4). */
  readonly url: string;
  /** What stands for `:id` in the path; empty on paths without one. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readBody(): Promise<Buffer>;
};

type SignedRequest = Exchange & {
  /** The JWS payload; of no length for POST-as-GET. */
  readonly payload: Buffer;
};

/** Signed with the key in its own header (`jwk`). */
export type KeyRequest = SignedRequest & { readonly key: AccountKey };

/** Signed with the key of an account that is in good standing (`kid`). */
export type AccountRequest = SignedRequest & {
  readonly account: Account;
  /** As it came: what the account's key signed. */
  readonly jws: FlattenedJws;
};

export type Handler<Request> = (request: Request, authority: Authority) => Answer | Promise<Answer>;

/** RFC 8555 §6.3: the payload is the empty string, which no JSON is. */
export function isPostAsGet(request: SignedRequest): boolean {
  return request.payload.length === 0;
}

export function readPayload(request: SignedRequest): JwsHeader {
  if (isPostAsGet(request)) throw new Problem('malformed', 'This resource needs a payload.');
  return readJsonObject(request.payload, 'The payload');
}
