import type { VouchedBy } from '../../shared/models/organization.ts';
import { InvitationError, PreviewError } from './errors.ts';
import { parseInvitation, type Invitation } from './invitation.ts';
import { readHandover } from './local-ca.ts';
import type { OrganizationStore } from './organization-store.ts';
import { readProfileFile } from './profile-file.ts';
import type { FetchProfile } from './profile-source.ts';
import { checkDates, verifyProfile, type VerifiedProfile } from './profile.ts';
import { checkSuccession, whoVouches, type Candidate, type Voucher } from './trust.ts';

/** An organisation on the doorstep: opened and looked at, not yet joined. */
export interface Preview {
  readonly previewId: string;
  readonly verified: VerifiedProfile;
  /** `null`: the person has to compare the signer's fingerprint. */
  readonly vouchedBy: VouchedBy | null;
  /** Holds a secret. */
  readonly invitation?: Invitation;
  readonly alreadyJoined: boolean;
}

export type Doorstep =
  | { readonly status: 'loading'; readonly host: string }
  | { readonly status: 'ready'; readonly preview: Preview }
  | { readonly status: 'failed'; readonly error: unknown };

export interface PreviewsOptions {
  readonly store: OrganizationStore;
  readonly fetchProfile: FetchProfile;
  /** In order of rank. */
  readonly vouchers: readonly Voucher[];
  /** The file of the Local CA, when the program that started the wallet named one. */
  readonly localCaPath: string | null;
  readonly clock: () => Date;
  readonly randomUuid: () => string;
}

/**
 * From a link, a text or the Local CA to a joined organisation. Opening never rejects for what was opened:
 * how it went is the state, because a link may come from outside when nobody waits for an answer.
 * What is opened later takes the place of what was opened before.
 */
export class Previews {
  readonly #options: PreviewsOptions;
  readonly #listeners = new Set<() => void>();
  #state: Doorstep | null = null;
  #opening: AbortController | null = null;

  constructor(options: PreviewsOptions) {
    this.#options = options;
  }

  get state(): Doorstep | null {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** An invitation link, whose profile is fetched. */
  openLink(link: string): Promise<void> {
    return this.#open(async (signal) => {
      const invitation = parseInvitation(link);
      this.#change({ status: 'loading', host: new URL(invitation.from).host });
      const text = await this.#options.fetchProfile(invitation.from, signal);
      return this.#preview(text, { kind: 'link', from: invitation.from }, invitation);
    });
  }

  /** The text of a profile file. */
  openText(text: string): Promise<void> {
    return this.#open(() => this.#preview(text, { kind: 'file' }));
  }

  /** A profile file by its path. */
  openFile(path: string): Promise<void> {
    return this.#open(async () => this.#preview(await readProfileFile(path), { kind: 'file' }));
  }

  openLocalCa(): Promise<void> {
    return this.#open(async () => {
      const { localCaPath } = this.#options;
      if (localCaPath === null) throw new PreviewError('gone', 'no Local CA was handed over');
      const { profile, invitation } = await readHandover(localCaPath);
      return this.#preview(profile, { kind: 'local-ca' }, parseInvitation(invitation));
    });
  }

  /** Joins the organisation that is shown; `PreviewError` when another is, or when it was not compared. */
  async accept(request: {
    readonly previewId: string;
    readonly wordsMatch: boolean;
  }): Promise<{ readonly organizationId: string }> {
    const accepted = this.#state;
    if (accepted?.status !== 'ready' || accepted.preview.previewId !== request.previewId) {
      throw new PreviewError('gone', 'that organisation is not the one that is shown');
    }
    const { verified, vouchedBy, invitation } = accepted.preview;
    if (vouchedBy === null && !request.wordsMatch) {
      throw new PreviewError('not-compared', 'nobody vouches and the words were not compared');
    }
    const { id } = verified.profile;
    const { store, clock } = this.#options;
    const now = clock();
    // A preview may have been looked at for long.
    checkDates(verified.profile, now);
    await store.join(
      {
        id,
        ...verified,
        vouchedBy: vouchedBy ?? { by: 'comparison' },
        ...(invitation?.email !== undefined && { invitedEmail: invitation.email }),
        joinedAt: now.toISOString(),
      },
      invitation?.binding,
      // Again, because another acceptance may have been written since the preview was opened.
      (known) => checkSuccession(verified, known),
    );
    if (this.#state === accepted) this.#change(null);
    return { organizationId: id };
  }

  /** Forgets what was opened, with its secret. */
  dismiss(): void {
    this.#opening?.abort();
    this.#opening = null;
    if (this.#state !== null) this.#change(null);
  }

  /** Forgets everything and tells nobody any more. */
  close(): void {
    this.#listeners.clear();
    this.dismiss();
  }

  /** Runs one opening; whatever it comes to is dropped when another has begun, or when it was dismissed. */
  async #open(work: (signal: AbortSignal) => Promise<Preview>): Promise<void> {
    this.#opening?.abort();
    const opening = new AbortController();
    this.#opening = opening;
    const outcome = await settled(work(opening.signal));
    if (this.#opening === opening) this.#change(outcome);
  }

  async #preview(text: string, origin: Candidate['origin'], invitation?: Invitation) {
    const { store, clock, vouchers, randomUuid } = this.#options;
    const verified = await verifyProfile(text, clock());
    const known = store.find(verified.profile.id);
    checkSuccession(verified, known);
    if (invitation !== undefined) checkInvitation(invitation, verified, origin);
    return {
      previewId: randomUuid(),
      verified,
      vouchedBy: await whoVouches({ ...verified, origin }, vouchers),
      ...(invitation !== undefined && { invitation }),
      alreadyJoined: known !== undefined,
    };
  }

  #change(state: Doorstep | null): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

async function settled(preview: Promise<Preview>): Promise<Doorstep> {
  try {
    return { status: 'ready', preview: await preview };
  } catch (error) {
    return { status: 'failed', error };
  }
}

/** An invitation whose profile turns out to be of somebody who could not have written it. */
function checkInvitation(
  { offerId, from }: Invitation,
  { profile }: VerifiedProfile,
  origin: Candidate['origin'],
): void {
  const isOffered = offerId === undefined || profile.credentials.some(({ id }) => id === offerId);
  // A file names no address that was fetched, so the two halves of the handover have to fit each other.
  const fits =
    origin.kind !== 'local-ca' || new URL(from).origin === new URL(profile.directory).origin;
  if (!isOffered || !fits) {
    throw new InvitationError('other-organization', 'the invitation is for another organisation');
  }
}
