import type { InvitationFault, ProfileFault } from '../../shared/failure.ts';
import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import type { LocalizedText } from '../../shared/models/text.ts';

/** An invitation that is not followed. Never quotes the invitation: it may hold a secret. */
export class InvitationError extends Error {
  readonly code = 'invitation';
  readonly reason: InvitationFault;

  constructor(reason: InvitationFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvitationError';
    this.reason = reason;
  }
}

/** Whom a refused profile names, for the person to call. */
export interface ProfileContact {
  readonly organization?: LocalizedText;
  readonly helpdesk?: Helpdesk;
}

/** A profile that is not used. */
export class ProfileError extends Error {
  readonly code = 'profile';
  readonly reason: ProfileFault;
  readonly contact: ProfileContact;
  /** What of it is faulty, for who writes it. */
  readonly detail: string | undefined;

  constructor(
    reason: ProfileFault,
    message: string,
    options: ErrorOptions & { readonly contact?: ProfileContact; readonly detail?: string } = {},
  ) {
    super(message, options);
    this.name = 'ProfileError';
    this.reason = reason;
    this.contact = options.contact ?? {};
    this.detail = options.detail;
  }
}

export type PreviewFault = 'gone' | 'not-compared';

/** Accepting something that is not, or not yet, there to be accepted. */
export class PreviewError extends Error {
  readonly code = 'preview';
  readonly reason: PreviewFault;

  constructor(reason: PreviewFault, message: string) {
    super(message);
    this.name = 'PreviewError';
    this.reason = reason;
  }
}
