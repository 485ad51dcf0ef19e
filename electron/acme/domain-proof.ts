import type { Challenge } from './challenge.ts';
import type { Identifier } from './identifier.ts';

/** What a proof is about, before anything is done for it. */
export interface ProofSubject {
  /** As the authorization has it: without `*.` (RFC 8555 §7.1.4), and an ancestor where the CA chose one (RFC 9444 §4). */
  readonly identifier: Identifier;
  /** The authorization is for all names directly below. */
  readonly wildcard: boolean;
}

/** One challenge to make ready for. */
export interface ProofRequest extends ProofSubject {
  readonly challenge: Challenge;
  /** RFC 8555 §8.1; undefined for the types whose challenges have no token, e.g. `dns-persist-01`. */
  readonly keyAuthorization: string | undefined;
  /** What the records of `dns-account-01` and `dns-persist-01` name. */
  readonly accountUrl: string;
  /** Where this CA makes accounts: on the same origin as ours. */
  readonly newAccountUrl: string;
  /** When the authorization lapses, if the CA says: nobody needs to wait for a record longer than that. */
  readonly expires: Date | undefined;
  /** Aborts the preparing; `prepare` then rejects with its reason and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
}

/** Takes away what was put up for one challenge. Called once, after the CA has decided or the flow has ended, also by abort. */
export type ProofCleanup = () => Promise<void>;

/**
 * A way to show that a name is ours (RFC 8555 §8): a DNS publisher, an HTTP or TLS responder, or a person who adds a record by hand.
 * Several may be prepared at the same time, even at the same place: `example.org` and `*.example.org` share one DNS name.
 */
export interface DomainProof {
  /** The challenge type that it answers, e.g. `dns-01`. */
  readonly type: string;
  /** Whether it is worth a try for that name: e.g. no wildcards by `http-01`, no names outside a publisher's zones. Asks nobody. */
  suits(subject: ProofSubject): boolean;
  /**
   * Resolves when the proof can be seen from outside, so that the CA may look at once.
   * When it rejects, it has taken away itself whatever it had put up.
   */
  prepare(request: ProofRequest): Promise<ProofCleanup>;
}
