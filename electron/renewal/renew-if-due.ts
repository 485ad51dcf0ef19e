import { createHash } from 'node:crypto';
import { AcmeProtocolError } from '../acme/protocol-error.ts';
import type { RenewalInfo } from '../acme/renewal-info.ts';
import { renewDue } from './renewal-schedule.ts';
import { held, heldUntil, newRenewal, type NewRenewal } from './renewal-state.ts';
import { RenewalMap } from './renewal-store.ts';

export interface PossiblyDue extends NewRenewal {
  /** The same for the same certificate. */
  readonly id: string;
  readonly directoryUrl: string;
  /** What `hold` was told of it last. */
  readonly heldUntil?: Date;
}

export interface DueWork {
  /** Undefined: the CA says nothing about it. */
  readonly ask: (signal: AbortSignal) => Promise<RenewalInfo | undefined>;
  /** Resolves to the time that the CA named for another try when it refused. */
  readonly renew: () => Promise<Date | undefined>;
  /** Remembers until when it is not to be renewed, for the next look. */
  readonly hold: (until: Date) => void;
  readonly now: () => Date;
  /** Hears of a question to the CA that failed: the time that is known without it counts then. */
  readonly report: (error: unknown) => void;
}

/**
 * One look at one certificate, by the same schedule as for those that are kept: the CA is asked first, and says when; for
 * programs that a timer starts, and that remember nothing in between but until when a CA wants to be left alone.
 */
export async function renewIfDue(
  { id, directoryUrl, heldUntil: before, ...certificate }: PossiblyDue,
  { ask, renew, hold, now, report }: DueWork,
  signal: AbortSignal,
): Promise<void> {
  const random = (): number => drawn(id);
  const known = newRenewal(certificate, { now: now(), random });
  const state = before === undefined ? known : held(known, before, now());
  await renewDue(
    {
      store: new RenewalMap([{ id, state }]),
      ask: async () => {
        const info = await ask(signal);
        if (info !== undefined) return info;
        const fault = ['renewal-info-malformed', 'asking when to renew'] as const;
        throw new AcmeProtocolError(...fault, { url: directoryUrl });
      },
      renew: async () => {
        const retryAfter = await renew();
        const until = retryAfter && heldUntil(retryAfter, now());
        if (until !== undefined) hold(until);
      },
      clock: { now, sleep: () => Promise.resolve() },
      ...{ concurrency: 1, random },
      report: (_entry, error) => report(error),
    },
    signal,
  );
}

/** In [0, 1), the same each time: a program that is started every hour must not draw until it is lucky (RFC 9773 §4.2). */
const drawn = (id: string): number =>
  createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32;
