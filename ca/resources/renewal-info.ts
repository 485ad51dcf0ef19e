import { json } from '../answer.ts';
import type { Answer, Headers } from '../answer.ts';
import type { Authority } from '../authority.ts';
import { readCertificateId } from '../certificate-id.ts';
import type { FaultyWindow, ProtocolFault } from '../fault-kinds.ts';
import { Problem } from '../problems.ts';
import { renewalWindow } from '../renewal-window.ts';
import type { RenewalWindow } from '../renewal-window.ts';
import type { Exchange } from '../requests.ts';
import type { IssuedCertificate } from '../state/certificates.ts';
import { checkRate, retryAfter } from '../willingness.ts';
import { timestamp } from './objects.ts';

/** RFC 9773 §4: for anyone who asks, when a certificate should be renewed. */
export function renewalInfo(exchange: Exchange, authority: Authority): Answer {
  checkRate(exchange, authority);
  const { rules, faults } = authority;
  const window = renewalWindow(findCertificate(exchange.id, authority), rules.renewal);
  const fault = faults.strike('renewalInfo', exchange);
  const explanationURL = fault?.explanationURL ?? rules.renewal.explanationURL;
  const body = {
    suggestedWindow:
      fault?.window === undefined ? shown(window) : faultyWindow(fault.window, authority.clock()),
    ...(explanationURL === undefined ? {} : { explanationURL }),
  };
  return json(200, body, { 'Cache-Control': 'no-cache', ...retryHeaders(fault, authority) });
}

/** The certificate that a name according to RFC 9773 §4.1 belongs to. */
export function findCertificate(text: string, authority: Authority): IssuedCertificate {
  const id = readCertificateId(text);
  if (id === undefined) throw new Problem('malformed', 'That is not the name of a certificate.');
  const issued = authority.state.certificates.findBySerial(id.serial);
  if (issued !== undefined && id.keyIdentifier.equals(authority.issuerKeyIdentifier)) return issued;
  throw new Problem('malformed', 'This CA issued no such certificate.', { status: 404 });
}

function shown({ start, end }: RenewalWindow): object {
  return { start: timestamp(start), end: timestamp(end) };
}

type RenewalFault = Extract<ProtocolFault, { kind: 'renewalInfo' }>;

function retryHeaders(fault: RenewalFault | undefined, { rules, clock }: Authority): Headers {
  const wait = fault?.retryAfter ?? { seconds: rules.renewal.retryAfter, form: 'seconds' };
  if (wait === 'missing') return {};
  return { 'Retry-After': wait === 'malformed' ? 'soon' : retryAfter(wait, clock()) };
}

const DAY = 86_400_000;

function faultyWindow(window: FaultyWindow, now: Date): unknown {
  const days = (count: number): string => timestamp(new Date(now.getTime() + count * DAY));
  switch (window) {
    case 'past':
      return { start: days(-2), end: days(-1) };
    case 'future':
      return { start: days(1), end: days(2) };
    case 'endsBeforeStart':
      return { start: days(2), end: days(1) };
    case 'empty':
      return { start: days(1), end: days(1) };
    case 'malformed':
      return { start: 'tomorrow', end: 2 };
    case 'missing':
      return undefined;
    default:
      return window;
  }
}
