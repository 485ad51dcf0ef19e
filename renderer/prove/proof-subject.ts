import type { Identifier } from '../../shared/failure.ts';
import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import type { Place, Proving } from '../navigation.ts';

/** What is being proven, and who can help with it: the same for every kind of challenge. */
export interface ProofSubject {
  readonly enrollment: Proving;
  readonly identifier: Identifier;
  readonly helpdesk: Helpdesk | undefined;
  readonly go: (place: Place) => void;
}
