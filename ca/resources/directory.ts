import { empty, json } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import { profiles } from '../policy.ts';
import type { Exchange } from '../requests.ts';

/** RFC 8555 §7.1.1, with the profiles of draft-ietf-acme-profiles §3. */
export function directory(exchange: Exchange, authority: Authority): Answer {
  const { urls, faults, externalAccountRequired } = authority;
  const withoutNewAuthz = faults.strike('noNewAuthz', exchange) !== undefined;
  const body = {
    newNonce: urls.to('newNonce'),
    newAccount: urls.to('newAccount'),
    newOrder: urls.to('newOrder'),
    ...(withoutNewAuthz ? {} : { newAuthz: urls.to('newAuthz') }),
    revokeCert: urls.to('revokeCert'),
    keyChange: urls.to('keyChange'),
    meta: {
      termsOfService: urls.to('terms'),
      website: urls.to('website'),
      caaIdentities: [new URL(urls.origin).hostname],
      externalAccountRequired,
      profiles: Object.fromEntries(profiles.map(({ name, description }) => [name, description])),
    },
  };
  return json(200, body, { 'Cache-Control': 'no-cache' });
}

/**
 * RFC 8555 §7.2: 200 for HEAD, 204 for GET. Without the Content-Length, Node's own client cannot tell that
 * the answer to HEAD has ended, and gives the connection up.
 */
export function newNonceByHead(): Answer {
  return empty(200, { 'Content-Length': '0' });
}

export function newNonce(): Answer {
  return empty(204);
}
