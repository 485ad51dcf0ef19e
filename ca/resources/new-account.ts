import { json, link } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import { readContact } from '../contact.ts';
import type { JwsHeader } from '../jws.ts';
import { Problem } from '../problems.ts';
import { readPayload } from '../requests.ts';
import type { KeyRequest } from '../requests.ts';
import type { Account } from '../state/accounts.ts';
import { newId } from '../state/rows.ts';
import { checkWillingness } from '../willingness.ts';
import { verifyBinding } from './external-account-binding.ts';
import type { Binding } from './external-account-binding.ts';
import { accountObject } from './objects.ts';

/** RFC 8555 §7.3. */
export function newAccount(request: KeyRequest, authority: Authority): Answer {
  const payload = readPayload(request);
  checkWillingness(request, authority);
  const existing = authority.state.accounts.findByThumbprint(request.key.thumbprint);
  if (existing !== undefined) return answerExisting(existing, authority);
  if (payload['onlyReturnExisting'] === true) {
    throw new Problem('accountDoesNotExist', 'No account has this key.');
  }
  const contact = readContact(payload['contact']) ?? [];
  checkAgreement(payload, authority);
  const binding = readBinding(payload, request, authority);
  return authority.state.transaction(() => create({ request, contact, binding }, authority));
}

/** §7.3.1: as it was before this request, whose other fields are ignored. */
function answerExisting(account: Account, authority: Authority): Answer {
  if (account.deactivatedAt !== undefined) {
    throw new Problem('unauthorized', 'The account is deactivated.', { status: 401 });
  }
  const Location = authority.urls.to('account', account.id);
  return json(200, accountObject(account, authority), { Location });
}

function checkAgreement(payload: JwsHeader, { terms }: Authority): void {
  if (payload['termsOfServiceAgreed'] === true) return;
  throw new Problem('malformed', 'An account needs agreement to the terms of service.', {
    headers: { Link: link(terms.url(), 'terms-of-service') },
  });
}

function readBinding(
  payload: JwsHeader,
  request: KeyRequest,
  authority: Authority,
): Binding | undefined {
  const value = payload['externalAccountBinding'];
  if (value !== undefined) return verifyBinding(value, request, authority);
  if (!authority.externalAccountRequired) return undefined;
  throw new Problem('externalAccountRequired', 'An account needs an external account binding.');
}

type Creation = {
  readonly request: KeyRequest;
  readonly contact: readonly string[];
  readonly binding: Binding | undefined;
};

function create({ request, contact, binding }: Creation, authority: Authority): Answer {
  const { state, urls, terms } = authority;
  const { key } = request;
  const now = authority.clock();
  if (binding !== undefined) state.invitations.recordUse(binding.kid, now);
  const account = state.accounts.add({
    id: newId(),
    jwk: key.jwk,
    thumbprint: key.thumbprint,
    contact,
    termsAgreedAt: now,
    termsVersion: terms.version(),
    binding: binding?.object,
    kid: binding?.kid,
    personId: binding?.personId,
    createdAt: now,
  });
  const Location = urls.to('account', account.id);
  return json(201, accountObject(account, authority), { Location });
}
