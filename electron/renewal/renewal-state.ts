import type { RenewalInfo } from '../acme/renewal-info.ts';

/** ISO 8601. */
export interface TimeSpan {
  readonly start: string;
  readonly end: string;
}

/** All that is known about the renewal of one certificate; plain data, to be kept wherever the certificate is. */
export interface RenewalState {
  /** RFC 9773 §4.1; null when nobody can be asked about it. */
  readonly certificateIdentifier: string | null;
  /** ISO 8601. */
  readonly notAfter: string;
  /** Ours until the CA has said one, then the CA's. */
  readonly window: TimeSpan;
  /** The moment in the window that was drawn; ISO 8601. */
  readonly renewAt: string;
  /** When the CA is to be asked next; null: not any more. */
  readonly askAt: string | null;
  /** Questions in a row that failed for reasons that pass. */
  readonly unanswered: number;
  /** Renewals in a row that failed. */
  readonly failed: number;
  /** Before that no renewal is tried again, whatever the window says; ISO 8601. */
  readonly holdUntil: string | null;
  /** Why the CA chose its window, for a person to read. */
  readonly explanationUrl: string | null;
}

export interface Moment {
  readonly now: Date;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface NewRenewal {
  readonly certificateIdentifier: string | undefined;
  readonly notAfter: Date;
  /** When not given, now. */
  readonly issuedAt?: Date;
  /** In which to renew when the CA suggests nothing. */
  readonly fallback: TimeSpan;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** RFC 9773 §4.3: the CA is first asked right after the issuance. */
export function newRenewal(renewal: NewRenewal, moment: Moment): RenewalState {
  const { certificateIdentifier = null, notAfter, fallback, issuedAt = moment.now } = renewal;
  return {
    certificateIdentifier,
    notAfter: notAfter.toISOString(),
    window: fallback,
    renewAt: momentIn(fallback, moment.random),
    askAt: certificateIdentifier === null ? null : nextQuestion(notAfter, moment.now, 0),
    unanswered: 0,
    failed: 0,
    holdUntil: new Date(issuedAt.getTime() + shortestUse(issuedAt, notAfter)).toISOString(),
    explanationUrl: null,
  };
}

const longestFirstUse = hour;

/**
 * Milliseconds in which a new certificate is not renewed, whatever its CA suggests: a window in the past means now (RFC 9773 §4.2), and a
 * CA that said so of each successor would have certificates ordered without end. Short-lived ones are used for half of their time.
 */
function shortestUse(issuedAt: Date, notAfter: Date): number {
  const half = (notAfter.getTime() - issuedAt.getTime()) / 2;
  return Math.min(longestFirstUse, Math.max(minute, half));
}

/** RFC 9773 §4.2: a uniformly random moment in the window, drawn again only when the window has changed. */
export function answered(state: RenewalState, info: RenewalInfo, moment: Moment): RenewalState {
  const { suggestedWindow, explanationUrl, retryAfter } = info;
  const window = {
    start: suggestedWindow.start.toISOString(),
    end: suggestedWindow.end.toISOString(),
  };
  const isSame = window.start === state.window.start && window.end === state.window.end;
  return {
    ...state,
    window,
    renewAt: isSame ? state.renewAt : momentIn(window, moment.random),
    askAt: nextQuestion(new Date(state.notAfter), moment.now, pauseUntil(retryAfter, moment.now)),
    unanswered: 0,
    explanationUrl: explanationUrl ?? null,
  };
}

const shortestPause = minute;
const longestPause = day;
/** RFC 9773 §4.3.3. */
const longTermPause = 6 * hour;
const mostQuickQuestions = 5;

/** RFC 9773 §4.3.2: Retry-After is the least and the most to wait; without one it is a long-term error (§4.3.3). */
function pauseUntil(retryAfter: Date | undefined, now: Date): number {
  if (retryAfter === undefined) return longTermPause;
  return Math.min(longestPause, Math.max(shortestPause, retryAfter.getTime() - now.getTime()));
}

/** RFC 9773 §4.3.3: after temporary errors ever more slowly, and after the fifth, or another error, in six hours. */
export function unanswered(
  state: RenewalState,
  kind: 'temporary' | 'long-term',
  { now, random }: Moment,
): RenewalState {
  const failures = state.unanswered + 1;
  const isOver = kind === 'long-term' || failures >= mostQuickQuestions;
  const pause = isOver
    ? longTermPause
    : backoff(failures, { first: minute, longest: hour }, random);
  return {
    ...state,
    unanswered: isOver ? 0 : failures,
    askAt: nextQuestion(new Date(state.notAfter), now, pause),
  };
}

/** RFC 9773 §4.3: "Clients MUST NOT check a certificate's RenewalInfo after the certificate has expired." */
function nextQuestion(notAfter: Date, now: Date, pause: number): string | null {
  const at = now.getTime() + pause;
  return at < notAfter.getTime() ? new Date(at).toISOString() : null;
}

/** The moment that a CA named for the next try, no more than a day away; undefined: there is nothing to wait for. */
export function heldUntil(retryAfter: Date, now: Date): Date | undefined {
  const pause = Math.min(retryAfter.getTime() - now.getTime(), day);
  return pause > 0 ? new Date(now.getTime() + pause) : undefined;
}

/** As it is while a CA has to be left alone. What is further away than any hold was written by a clock that was wrong. */
export function held(state: RenewalState, until: Date, now: Date): RenewalState {
  const known = Date.parse(state.holdUntil ?? state.renewAt);
  const isLater = until.getTime() > known && until.getTime() <= now.getTime() + day;
  return isLater ? { ...state, holdUntil: until.toISOString() } : state;
}

/** A renewal that came to nothing is tried again, ever more slowly; a CA that named a moment is believed up to a day. */
export function renewalFailed(
  state: RenewalState,
  { now, random }: Moment,
  retryAfter?: Date,
): RenewalState {
  const failed = state.failed + 1;
  const ours = backoff(failed, { first: 5 * minute, longest: 12 * hour }, random);
  const theirs = retryAfter === undefined ? 0 : retryAfter.getTime() - now.getTime();
  const pause = Math.max(ours, Math.min(theirs, day));
  return { ...state, failed, holdUntil: new Date(now.getTime() + pause).toISOString() };
}

/** Full jitter over the upper half, so that many who failed together do not come back together. */
function backoff(
  failures: number,
  { first, longest }: { readonly first: number; readonly longest: number },
  random: () => number,
): number {
  const full = Math.min(longest, first * 2 ** (failures - 1));
  return Math.round(full * (0.5 + random() / 2));
}

function momentIn({ start, end }: TimeSpan, random: () => number): string {
  const from = Date.parse(start);
  return new Date(from + Math.floor(random() * (Date.parse(end) - from))).toISOString();
}

export interface NextStep {
  readonly step: 'ask' | 'renew';
  readonly at: Date;
}

/** What is to be done next for a certificate. A moment in the past means now (RFC 9773 §4.2), or when it is held back no more. */
export function nextStep({ renewAt, holdUntil, askAt }: RenewalState): NextStep {
  const renew = new Date(Math.max(Date.parse(renewAt), Date.parse(holdUntil ?? renewAt)));
  if (askAt === null || renew.getTime() <= Date.parse(askAt)) return { step: 'renew', at: renew };
  return { step: 'ask', at: new Date(askAt) };
}
