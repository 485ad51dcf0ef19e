import { importAccountKey } from './account-key.ts';
import type { AccountKey } from './account-key.ts';
import type { Answer } from './answer.ts';
import type { Authority } from './authority.ts';
import {
  isBase64Url,
  parseJson,
  readAlgorithm,
  readFlattenedJws,
  readHeader,
  verifyJws,
} from './jws.ts';
import type { FlattenedJws, JwsHeader } from './jws.ts';
import { Problem } from './problems.ts';
import { isPostAsGet } from './requests.ts';
import type { AccountRequest, Exchange, Handler, KeyRequest } from './requests.ts';
import type { Account } from './state/accounts.ts';
import { checkWillingness } from './willingness.ts';

/**
 * Reading the body is the only thing that is waited for: from there a request is judged and acted on in one
 * step, and no two requests ever overlap.
 */
export type GuardedHandler = (exchange: Exchange, authority: Authority) => Answer | Promise<Answer>;

/** Nothing to prove: directory, newNonce and what is public anyway. */
export function anyone(handler: Handler<Exchange>): GuardedHandler {
  return handler;
}

/** RFC 8555 §6.2: newAccount is signed with the key in its header. */
export function byKey(handler: Handler<KeyRequest>): GuardedHandler {
  return async (exchange, authority) => {
    const envelope = await openEnvelope(exchange, authority);
    if (!('jwk' in envelope.header)) throw new Problem('malformed', 'This resource needs a "jwk".');
    return handler(verifyByKey(exchange, envelope), authority);
  };
}

/** RFC 8555 §6.2: all else is signed with an account's key. */
export function byAccount(handler: Handler<AccountRequest>): GuardedHandler {
  return async (exchange, authority) => {
    const envelope = await openEnvelope(exchange, authority);
    if (!('kid' in envelope.header)) throw new Problem('malformed', 'This resource needs a "kid".');
    return handler(verifyByAccount(exchange, envelope, authority), authority);
  };
}

/** RFC 8555 §7.6: revokeCert takes an account's key or the certificate's own. */
export function byAccountOrKey(
  withAccount: Handler<AccountRequest>,
  withKey: Handler<KeyRequest>,
): GuardedHandler {
  return async (exchange, authority) => {
    const envelope = await openEnvelope(exchange, authority);
    return 'kid' in envelope.header
      ? withAccount(verifyByAccount(exchange, envelope, authority), authority)
      : withKey(verifyByKey(exchange, envelope), authority);
  };
}

/** RFC 8555 §6.3: this resource can only be read. */
export function asGet(handler: Handler<AccountRequest>): Handler<AccountRequest> {
  return (request, authority) => {
    if (!isPostAsGet(request)) {
      throw new Problem('malformed', 'This resource can only be read: the payload must be "".');
    }
    return handler(request, authority);
  };
}

type Envelope = {
  readonly jws: FlattenedJws;
  readonly header: JwsHeader;
  readonly algorithm: string;
  readonly nonceIsGood: boolean;
};

/** Everything that can be said about a request without its key. */
async function openEnvelope(exchange: Exchange, { nonces, faults }: Authority): Promise<Envelope> {
  checkContentType(exchange.contentType);
  const body = await exchange.readBody();
  const jws = readFlattenedJws(parseJson(body, 'The body'), 'The body');
  const header = readHeader(jws, 'the request');
  // RFC 8555 §6.5: once seen, a nonce is used up, whatever else is wrong with the request.
  const nonceIsGood = nonces.strike(readNonce(header));
  const algorithm = readAlgorithm(header);
  if (header['url'] !== exchange.url) {
    throw new Problem(
      'unauthorized',
      'The "url" header parameter is not the URL of this resource.',
    );
  }
  if ('jwk' in header === 'kid' in header) {
    throw new Problem('malformed', 'The header must have either "jwk" or "kid".');
  }
  const faulty = faults.strike('badNonce', exchange) !== undefined;
  return { jws, header, algorithm, nonceIsGood: nonceIsGood && !faulty };
}

function checkContentType(contentType: string | undefined): void {
  const [mediaType = ''] = (contentType ?? '').split(';');
  if (mediaType.trim().toLowerCase() === 'application/jose+json') return;
  throw new Problem('malformed', 'The Content-Type must be application/jose+json.', {
    status: 415,
  });
}

function readNonce(header: JwsHeader): string {
  const nonce = header['nonce'];
  if (nonce === undefined) throw new Problem('badNonce', 'The header has no "nonce".');
  if (typeof nonce === 'string' && nonce !== '' && isBase64Url(nonce)) return nonce;
  throw new Problem('malformed', 'The "nonce" header parameter is not base64url.');
}

function verifyByKey(exchange: Exchange, envelope: Envelope): KeyRequest {
  const key = importAccountKey(envelope.header['jwk']);
  if (!key.algorithms.includes(envelope.algorithm)) {
    throw new Problem(
      'badPublicKey',
      `A key of this kind does not sign with ${envelope.algorithm}.`,
    );
  }
  return { ...exchange, payload: verifyEnvelope(envelope, key), key };
}

function verifyByAccount(
  exchange: Exchange,
  envelope: Envelope,
  authority: Authority,
): AccountRequest {
  const account = findAccount(envelope.header['kid'], authority);
  const key = authority.accountKeys.of(account);
  if (!key.algorithms.includes(envelope.algorithm)) {
    throw new Problem('badSignatureAlgorithm', 'The account has a key of another kind.', {
      members: { algorithms: key.algorithms },
    });
  }
  const payload = verifyEnvelope(envelope, key);
  if (account.deactivatedAt !== undefined) {
    throw new Problem('unauthorized', 'The account is deactivated.', { status: 401 });
  }
  checkWillingness(exchange, authority);
  return { ...exchange, payload, account, jws: envelope.jws };
}

function verifyEnvelope(envelope: Envelope, key: AccountKey): Buffer {
  verifyJws(envelope.jws, key, envelope.algorithm);
  if (!envelope.nonceIsGood) throw new Problem('badNonce', 'The nonce was used or never issued.');
  return Buffer.from(envelope.jws.payload, 'base64url');
}

function findAccount(kid: unknown, { state, urls }: Authority): Account {
  const id = typeof kid === 'string' ? urls.idOf('account', kid) : undefined;
  const account = id === undefined ? undefined : state.accounts.find(id);
  if (account !== undefined) return account;
  throw new Problem('accountDoesNotExist', 'The "kid" header parameter names no account.');
}
