import { empty, json } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import type { Exchange } from '../requests.ts';
import { checkRate } from '../willingness.ts';

/** RFC 8555 §7.1.1, with what draft-ietf-acme-profiles §3, RFC 9444 §4.4 and RFC 9773 §3 add. */
export function directory(exchange: Exchange, authority: Authority): Answer {
  checkRate(exchange, authority);
  const { urls, faults, rules, terms, externalAccountRequired } = authority;
  const withoutNewAuthz = faults.strike('noNewAuthz', exchange) !== undefined;
  const body = {
    newNonce: urls.to('newNonce'),
    newAccount: urls.to('newAccount'),
    newOrder: urls.to('newOrder'),
    ...(withoutNewAuthz ? {} : { newAuthz: urls.to('newAuthz') }),
    revokeCert: urls.to('revokeCert'),
    keyChange: urls.to('keyChange'),
    renewalInfo: urls.to('renewalInfo'),
    meta: {
      termsOfService: terms.url(),
      website: urls.to('website'),
      caaIdentities: rules.caaIdentities,
      externalAccountRequired,
      // docs/wire-profile.md §4.3.
      credentials: urls.to('newCredential'),
      // docs/approvals.md §3.
      approvals: urls.to('approvals'),
      ...(rules.subdomains ? { subdomainAuthAllowed: true } : {}),
      profiles: Object.fromEntries(
        rules.profiles.map(({ name, description }) => [name, description]),
      ),
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
