import { bytes } from '../answer.ts';
import type { Answer } from '../answer.ts';
import {
  MAXIMUM_MESSAGES,
  MAXIMUM_OPEN_REQUESTS,
  MAXIMUM_REQUESTS_PER_HOUR,
  MAXIMUM_TRIES,
} from '../approvals/limits.ts';
import type { Authority } from '../authority.ts';
import { MAXIMUM_OPEN_ORDERS, MAXIMUM_OPEN_PREAUTHORIZATIONS } from '../policy.ts';
import type { Exchange } from '../requests.ts';
import { toPem } from '../x509/certificate.ts';

/** RFC 5280 §4.2.1.13: where certificates say that their revocation list is. */
export function crl(_exchange: Exchange, { revocationList }: Authority): Answer {
  return bytes('application/pkix-crl', revocationList.current(), { 'Cache-Control': 'no-cache' });
}

/** RFC 5280 §4.2.2.1: where certificates say that their issuer's is. */
export function issuer(_exchange: Exchange, { hierarchy }: Authority): Answer {
  return bytes('application/pkix-cert', hierarchy.issuer.certificate, cacheable);
}

export function root(_exchange: Exchange, { hierarchy }: Authority): Answer {
  return bytes('application/pkix-cert', hierarchy.root.certificate, cacheable);
}

export function rootPem(_exchange: Exchange, { hierarchy }: Authority): Answer {
  const pem = toPem('CERTIFICATE', hierarchy.root.certificate);
  return bytes('application/x-pem-file', Buffer.from(pem), cacheable);
}

export function terms(): Answer {
  return page('Terms of service', [
    'This CA runs on one computer, for trying things out.',
    'Its certificates promise nothing to anybody else.',
  ]);
}

/** RFC 8555 §6.6: where `rateLimited` refusals send a person. */
export function rateLimits(_exchange: Exchange, { rules }: Authority): Answer {
  const hourly =
    rules.newOrdersPerHour === undefined
      ? 'There is no limit on new orders per hour.'
      : `An account may place ${rules.newOrdersPerHour} new orders in an hour.`;
  return page('Limits', [
    hourly,
    `It may have ${MAXIMUM_OPEN_ORDERS} orders and ${MAXIMUM_OPEN_PREAUTHORIZATIONS} pre-authorizations open at a time.`,
    `Whoever it belongs to may have ${MAXIMUM_OPEN_REQUESTS} requests open that others have to approve, and make ${MAXIMUM_REQUESTS_PER_HOUR} of them in an hour, each with ${MAXIMUM_MESSAGES} messages at most and a reminder in an hour, and may begin to approve one ${MAXIMUM_TRIES} times in an hour.`,
  ]);
}

export function website(): Answer {
  return page('Local CA', ['An ACME server (RFC 8555). Its directory is at /acme/directory.']);
}

const cacheable = { 'Cache-Control': 'public, max-age=3600' };

function page(title: string, paragraphs: readonly string[]): Answer {
  const text = paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('');
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${text}`;
  return bytes('text/html; charset=utf-8', Buffer.from(html), cacheable);
}
