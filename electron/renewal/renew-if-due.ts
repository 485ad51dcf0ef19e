import { createHash } from 'node:crypto';
import { AcmeProtocolError } from '../acme/protocol-error.ts';
import type { RenewalInfo } from '../acme/renewal-info.ts';
import { renewDue } from './renewal-schedule.ts';
import { newRenewal, type NewRenewal } from './renewal-state.ts';
import { RenewalMap } from './renewal-store.ts';

export interface PossiblyDue extends NewRenewal {
  /** The same for the same certificate. */
  readonly id: string;
  readonly directoryUrl: string;
}

export interface DueWork {
  /** Undefined: the CA says nothing about it. */
  readonly ask: (signal: AbortSignal) => Promise<RenewalInfo | undefined>;
  readonly renew: () => Promise<void>;
  readonly now: () => Date;
  /** Hears of a question to the CA that failed: the time that is known without it counts then. */
  readonly report: (error: unknown) => void;
}

/**
 * One look at one certificate, by the same schedule as for those that are kept: the CA is asked first, and says when; for
 * programs that a timer starts, and that remember nothing in between.
 */
export async function renewIfDue(
  { id, directoryUrl, ...certificate }: PossiblyDue,
  { ask, renew, now, report }: DueWork,
  signal: AbortSignal,
): Promise<void> {
  const random = (): number => drawn(id);
  const state = newRenewal(certificate, { now: now(), random });
  await renewDue(
    {
      store: new RenewalMap([{ id, state }]),
      ask: async () => {
        const info = await ask(signal);
        if (info !== undefined) return info;
        const fault = ['renewal-info-malformed', 'asking when to renew'] as const;
        throw new AcmeProtocolError(...fault, { url: directoryUrl });
      },
      renew,
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
