import type { Answer } from '../answer.ts';
import { bytes, link } from '../answer.ts';
import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import type { AccountRequest, Exchange } from '../requests.ts';

/** RFC 8555 §7.3.3: who agreed to terms that no longer hold is sent to a page, by a person. */
export function checkTerms({ account }: AccountRequest, { terms }: Authority): void {
  if (account.termsVersion === terms.version()) return;
  throw new Problem('userActionRequired', 'The terms of service have changed.', {
    headers: { Link: link(terms.url(), 'terms-of-service') },
    members: { instance: terms.agreementUrl(account.id) },
  });
}

/** What the person sees. */
export function agreement(exchange: Exchange, authority: Authority): Answer {
  findAccount(exchange, authority);
  return page(
    `<p><a href="${authority.terms.url()}">The terms of service</a> have changed.</p>` +
      '<form method="post"><button>I agree to them</button></form>',
  );
}

export function agree(exchange: Exchange, authority: Authority): Answer {
  const { state, terms, clock } = authority;
  state.accounts.agree(findAccount(exchange, authority), terms.version(), clock());
  return page('<p>Thank you. The program that sent you here can go on.</p>');
}

function findAccount({ id }: Exchange, { terms }: Authority): string {
  const account = terms.accountOf(id);
  if (account !== undefined) return account;
  throw new Problem('malformed', 'There is nothing to agree to here.', { status: 404 });
}

function page(content: string): Answer {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Terms of service</title><h1>Terms of service</h1>${content}`;
  return bytes('text/html; charset=utf-8', Buffer.from(html), {
    // Nobody may show this page in a frame and have it clicked.
    'Content-Security-Policy':
      "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  });
}
