import type { Trial } from './trial.ts';

/** What the cases are grouped by, and what `--only` takes. */
export const groups = [
  'common',
  'totp-01',
  'hotp-01',
  'otp-01',
  'cert-01',
  'ppkp-01',
  'registration',
  'pre-authorization',
  'approvals',
] as const;

export type Group = (typeof groups)[number];

/** One thing that a server has to do, and how it is tried from outside. */
export type Case = {
  /** Such as `totp.replay-other-challenge`; never reused for something else. */
  readonly id: string;
  readonly group: Group;
  /** Of docs/wire-profile.md (§1.7), or an RFC with its section. */
  readonly clause: string;
  /** What is expected, a sentence without its full stop. */
  readonly expected: string;
  /** `first`: it wants accounts that have proven nothing yet. `late`, `last`: it spoils a credential, or locks one. */
  readonly turn?: 'first' | 'late' | 'last';
  /** Returns, in short, what came. Throws CaseEnd for anything but a pass. */
  readonly perform: (trial: Trial) => Promise<string>;
};

export type Verdict = 'pass' | 'fail' | 'skipped' | 'not-applicable';

/** A case that did not pass, and why. */
export class CaseEnd extends Error {
  readonly code: Exclude<Verdict, 'pass'>;

  constructor(code: CaseEnd['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Ends the case: this came in place of what was expected. */
export function fail(came: string): never {
  throw new CaseEnd('fail', came);
}

/** Ends the case: it could be tried if there were more to try it with. */
export function skip(why: string): never {
  throw new CaseEnd('skipped', why);
}

/** Ends the case: the server has nothing of the kind, and need not. */
export function notApplicable(why: string): never {
  throw new CaseEnd('not-applicable', why);
}
