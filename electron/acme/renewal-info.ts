import { AcmeProtocolError } from './protocol-error.ts';
import { lenient, object, url as urlReader } from './shape.ts';
import { timestamp } from './timestamp.ts';

const renewalInfoObject = object({
  suggestedWindow: object({ start: timestamp, end: timestamp }),
  explanationURL: lenient(urlReader('https:', 'http:')),
});

/** When the CA would like a certificate to be renewed (RFC 9773 §4.2). */
export interface RenewalInfo {
  readonly suggestedWindow: RenewalWindow;
  /** Why it is that window, for a person to read. */
  readonly explanationUrl: string | undefined;
  /** When to ask again, as the server said it; undefined when it said nothing of use. */
  readonly retryAfter: Date | undefined;
}

export interface RenewalWindow {
  readonly start: Date;
  /** After `start`. */
  readonly end: Date;
}

export function parseRenewalInfo(json: unknown, url: string, retryAfter?: Date): RenewalInfo {
  const fault = { reason: 'renewal-info-malformed', doing: 'reading renewal information' } as const;
  const { suggestedWindow, explanationURL: explanationUrl } = AcmeProtocolError.guard(
    () => renewalInfoObject(json, ''),
    { ...fault, url },
  );
  // RFC 9773 §4.2: "clients MUST treat one as though they failed to receive any response".
  if (suggestedWindow.end <= suggestedWindow.start) {
    throw new AcmeProtocolError(fault.reason, fault.doing, { url });
  }
  return { suggestedWindow, explanationUrl, retryAfter };
}
