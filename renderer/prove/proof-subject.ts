import type { Identifier, Result } from '../../shared/failure.ts';
import type { ChallengeAnswer } from '../../shared/ipc-requests.ts';
import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import type { Place } from '../navigation.ts';

/** What is being proven to whom, and who can help with it: the same for every kind of challenge. */
export interface ProofSubject {
  readonly organizationId: string;
  readonly caHost: string;
  readonly identifier: Identifier;
  /** What it is for, in words. */
  readonly what: string;
  readonly helpdesk: Helpdesk | undefined;
  readonly go: (place: Place) => void;
  /** An answer to any of the challenges is on its way. */
  readonly sending: boolean;
  readonly answer: (challengeId: string, answer: ChallengeAnswer) => Promise<Result<unknown>>;
  /** Ends what waits for the person: a PIN, or a passkey. */
  readonly stop: (challengeId: string) => void;
  /** A request of somebody else is approved; absent where the person proves something for a request of their own. */
  readonly approving?: Approving;
}

export interface Approving {
  /** There is something left to read first. */
  readonly unread?: Unread;
}

export interface Unread {
  /** Id of the words that say what. */
  readonly describedBy: string;
  readonly show: () => void;
}
