import type { ResourceName } from './fault-kinds.ts';
import { anyone, asGet, byAccount, byAccountOrKey, byKey } from './guards.ts';
import type { GuardedHandler } from './guards.ts';
import { account, orders } from './resources/account.ts';
import { agree, agreement } from './resources/agreement.ts';
import { approval, approvalLog, approvals, receipt } from './resources/approvals.ts';
import { authorization } from './resources/authorization.ts';
import { alternateCertificate, certificate } from './resources/certificate.ts';
import { challenge } from './resources/challenge.ts';
import { directory, newNonce, newNonceByHead } from './resources/directory.ts';
import { finalize } from './resources/finalize.ts';
import { keyChange } from './resources/key-change.ts';
import { newAccount } from './resources/new-account.ts';
import { newAuthz } from './resources/new-authz.ts';
import { newCredential } from './resources/new-credential.ts';
import { newOrder } from './resources/new-order.ts';
import { order } from './resources/order.ts';
import { crl, issuer, rateLimits, root, rootPem, terms, website } from './resources/public.ts';
import { renewalInfo } from './resources/renewal-info.ts';
import { revokeByAccount, revokeByKey } from './resources/revoke-cert.ts';
import { timestamp } from './resources/timestamp.ts';
import { isId, paths } from './urls.ts';

export type Method = 'GET' | 'HEAD' | 'POST';

/** Which resource has a path, and who may do what with it. */
export type Route = {
  readonly resource: ResourceName;
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, GuardedHandler>>>;
};

/** RFC 8555 §7.1: every row says by itself how the resource is authenticated. */
export const routes: readonly Route[] = [
  row('directory', paths.directory, {
    GET: anyone(directory),
    POST: byAccount(asGet(directory)),
  }),
  row('newNonce', paths.newNonce, {
    HEAD: anyone(newNonceByHead),
    GET: anyone(newNonce),
    POST: byAccount(asGet(newNonce)),
  }),
  row('newAccount', paths.newAccount, { POST: byKey(newAccount) }),
  row('account', paths.account, { POST: byAccount(account) }),
  row('orders', paths.orders, { POST: byAccount(asGet(orders)) }),
  row('keyChange', paths.keyChange, { POST: byAccount(keyChange) }),
  row('newOrder', paths.newOrder, { POST: byAccount(newOrder) }),
  row('order', paths.order, { POST: byAccount(asGet(order)) }),
  row('finalize', paths.finalize, { POST: byAccount(finalize) }),
  row('newAuthz', paths.newAuthz, { POST: byAccount(newAuthz) }),
  row('newCredential', paths.newCredential, { POST: byAccount(newCredential) }),
  row('authorization', paths.authorization, { POST: byAccount(authorization) }),
  row('challenge', paths.challenge, { POST: byAccount(challenge) }),
  row('certificate', paths.certificate, { POST: byAccount(asGet(certificate)) }),
  row('alternateCertificate', paths.alternateCertificate, {
    POST: byAccount(asGet(alternateCertificate)),
  }),
  row('revokeCert', paths.revokeCert, { POST: byAccountOrKey(revokeByAccount, revokeByKey) }),
  row('approvals', paths.approvals, { POST: byAccount(asGet(approvals)) }),
  row('approval', paths.approval, { POST: byAccount(approval) }),
  row('receipt', paths.receipt, { POST: byAccount(asGet(receipt)) }),
  row('approvalLog', paths.approvalLog, { POST: byAccount(asGet(approvalLog)) }),
  row('renewalInfo', paths.renewalInfoOf, { GET: anyone(renewalInfo) }),
  row('page', paths.agreement, { GET: anyone(agreement), POST: anyone(agree) }),
  row('crl', paths.crl, { GET: anyone(crl) }),
  row('page', paths.issuer, { GET: anyone(issuer) }),
  row('page', paths.root, { GET: anyone(root) }),
  row('page', paths.rootPem, { GET: anyone(rootPem) }),
  row('timestamp', paths.timestamp, { POST: anyone(timestamp) }),
];

/** What is shown at paths for which nobody else has a page. */
export const fallbackRoutes: readonly Route[] = [
  row('page', paths.terms, { GET: anyone(terms) }),
  row('page', paths.rateLimits, { GET: anyone(rateLimits) }),
  row('page', paths.website, { GET: anyone(website) }),
];

function row(resource: ResourceName, path: string, methods: Route['methods']): Route {
  return { resource, path, methods };
}

export type Match = { readonly route: Route; readonly id: string };

export function findRoute(path: string, among: readonly Route[]): Match | undefined {
  for (const route of among) {
    const id = matchId(path, route.path);
    if (id !== undefined) return { route, id };
  }
  return undefined;
}

/** What stands for the variable segment; an empty text for a path without one; undefined when the paths differ. */
function matchId(path: string, pattern: string): string | undefined {
  const [before = '', name, after = ''] = pattern.split(/:(\w+)/);
  if (name === undefined) return path === pattern ? '' : undefined;
  if (!path.startsWith(before) || !path.endsWith(after)) return undefined;
  const id = path.slice(before.length, path.length - after.length);
  // The names of certificates are not made here; their own reader is stricter than a path.
  const fits = name === 'id' ? isId(id) : id !== '' && !id.includes('/');
  return fits ? id : undefined;
}
