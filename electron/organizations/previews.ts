import type { VouchedBy } from '../../shared/models/organization.ts';
import { InvitationError, PreviewError } from './errors.ts';
import { parseInvitation, type Invitation } from './invitation.ts';
import { readHandover } from './local-ca.ts';
import type { OrganizationStore } from './organization-store.ts';
import { readProfileFile } from './profile-file.ts';
import type { FetchProfile } from './profile-source.ts';
import { isSame, whereFrom, type Received } from './received.ts';
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
  /** An account binding of an earlier invitation waits, and this invitation brings another. */
  readonly replacesInvitation: boolean;
}

export type Doorstep =
  /** Holds a secret. */
  | { readonly status: 'asking'; readonly received: Received; readonly from: string }
  | { readonly status: 'loading'; readonly host: string }
  | { readonly status: 'ready'; readonly preview: Preview }
  | { readonly status: 'failed'; readonly error: unknown };

export interface PreviewsOptions {
  readonly store: OrganizationStore;
  readonly fetchProfile: FetchProfile;
  /** In order of rank. */
  readonly vouchers: readonly Voucher[];
  /** Whether that origin may be asked for a profile because somebody else's link says so. */
  readonly isFamiliar: (origin: string) => Promise<boolean>;
  /** The file of the Local CA, when the program that started the wallet named one. */
  readonly localCaPath: string | null;
  readonly clock: () => Date;
  readonly randomUuid: () => string;
}

/**
 * From a link, a text or the Local CA to a joined organisation. Opening never rejects for what was opened:
 * how it went is the state, because a link may come from outside when nobody waits for an answer.
 * What the person opens takes the place of what was opened before; what comes from outside waits for its turn, and
 * leads nowhere before the person has agreed.
 */
export class Previews {
  readonly #options: PreviewsOptions;
  readonly #listeners = new Set<() => void>();
  #state: Doorstep | null = null;
  #opening: AbortController | null = null;
  /** What from outside is being opened, asked about or shown. */
  #received: Received | null = null;
  /** The last thing that was received while another was looked at. */
  #waiting: Received | null = null;

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

  /** What came from outside. It is opened at once only when that asks nobody who is not familiar. */
  async receive(received: Received): Promise<void> {
    if (this.#isOccupied) {
      // Who clicks a link twice means one thing.
      if (!isSame(received, this.#received)) this.#waiting = received;
      return;
    }
    await this.#open(async (signal) => {
      const isFamiliar =
        received.kind === 'file' || (await this.#options.isFamiliar(originOf(received.link)));
      return isFamiliar ? this.#look(received, signal) : asking(received);
    }, received);
  }

  /** The person agrees to what is asked; `PreviewError` when nothing is. */
  openAsked(): Promise<void> {
    const asked = this.#state;
    if (asked?.status !== 'asking') {
      return Promise.reject(new PreviewError('gone', 'nothing is asked'));
    }
    return this.#open((signal) => this.#look(asked.received, signal), asked.received);
  }

  /** An invitation link, whose profile is fetched. */
  openLink(link: string): Promise<void> {
    return this.#open((signal) => this.#look({ kind: 'link', link }, signal));
  }

  /** The text of a profile file. */
  openText(text: string): Promise<void> {
    return this.#open(() => this.#preview(text, { kind: 'file' }));
  }

  /** A profile file by its path. */
  openFile(path: string): Promise<void> {
    return this.#open((signal) => this.#look({ kind: 'file', path }, signal));
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
    readonly replaceInvitation?: boolean;
  }): Promise<{ readonly organizationId: string }> {
    const accepted = this.#state;
    if (accepted?.status !== 'ready' || accepted.preview.previewId !== request.previewId) {
      throw new PreviewError('gone', 'that organisation is not the one that is shown');
    }
    const { verified, vouchedBy, replacesInvitation } = accepted.preview;
    const keepsEarlier = replacesInvitation && request.replaceInvitation !== true;
    const invitation = keepsEarlier ? undefined : accepted.preview.invitation;
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
      (known) => {
        checkSuccession(verified, known);
        const wasAsked = request.replaceInvitation === true || invitation?.binding === undefined;
        if (!wasAsked && store.hasExternalAccount(id)) this.#askAgain(accepted.preview);
      },
    );
    if (this.#state === accepted) this.#leave();
    return { organizationId: id };
  }

  /** Forgets what was opened, with its secret; what has waited for that is asked about. */
  dismiss(): void {
    this.#opening?.abort();
    this.#opening = null;
    this.#leave();
  }

  /** Forgets everything and tells nobody any more. */
  close(): void {
    this.#listeners.clear();
    this.#waiting = null;
    this.dismiss();
  }

  /** Shows the same once more, with what has to be asked now; `PreviewError`, for nothing was accepted. */
  #askAgain(preview: Preview): never {
    if (this.#state?.status === 'ready' && this.#state.preview === preview) {
      const previewId = this.#options.randomUuid();
      const asked = { ...preview, previewId, alreadyJoined: true, replacesInvitation: true };
      this.#change({ status: 'ready', preview: asked });
    }
    throw new PreviewError('gone', 'an invitation has come that this one would replace');
  }

  /** Runs one opening; whatever it comes to is dropped when another has begun, or when it was dismissed. */
  async #open(
    work: (signal: AbortSignal) => Promise<Doorstep>,
    received: Received | null = null,
  ): Promise<void> {
    this.#opening?.abort();
    this.#received = received;
    const opening = new AbortController();
    this.#opening = opening;
    const outcome = await settled(work(opening.signal));
    if (this.#opening !== opening) return;
    this.#opening = null;
    this.#change(outcome);
  }

  /** Whether something would be taken away from under the person's eyes. */
  get #isOccupied(): boolean {
    return this.#opening !== null || (this.#state !== null && this.#state.status !== 'failed');
  }

  #leave(): void {
    const next = this.#waiting;
    this.#waiting = null;
    this.#received = next;
    // Always asked about: whoever clicks once more where a button was opens nothing by that.
    if (next !== null) this.#change(asking(next));
    else if (this.#state !== null) this.#change(null);
  }

  async #look(received: Received, signal: AbortSignal): Promise<Doorstep> {
    if (received.kind === 'file') {
      return this.#preview(await readProfileFile(received.path), { kind: 'file' });
    }
    const invitation = parseInvitation(received.link);
    this.#change({ status: 'loading', host: new URL(invitation.from).host });
    const text = await this.#options.fetchProfile(invitation.from, signal);
    return this.#preview(text, { kind: 'link', from: invitation.from }, invitation);
  }

  async #preview(
    text: string,
    origin: Candidate['origin'],
    invitation?: Invitation,
  ): Promise<Doorstep> {
    const { store, clock, vouchers, randomUuid } = this.#options;
    const verified = await verifyProfile(text, clock());
    const known = store.predecessor(verified.profile.id);
    checkSuccession(verified, known);
    if (invitation !== undefined) checkInvitation(invitation, verified, origin);
    const preview: Preview = {
      previewId: randomUuid(),
      verified,
      vouchedBy: await whoVouches({ ...verified, origin }, vouchers),
      ...(invitation !== undefined && { invitation }),
      alreadyJoined: known !== undefined,
      replacesInvitation:
        invitation?.binding !== undefined && store.hasExternalAccount(verified.profile.id),
    };
    return { status: 'ready', preview };
  }

  #change(state: Doorstep | null): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Fails for what leads nowhere. */
function asking(received: Received): Doorstep {
  try {
    return { status: 'asking', received, from: whereFrom(received) };
  } catch (error) {
    return { status: 'failed', error };
  }
}

async function settled(opening: Promise<Doorstep>): Promise<Doorstep> {
  try {
    return await opening;
  } catch (error) {
    return { status: 'failed', error };
  }
}

const originOf = (link: string): string => new URL(parseInvitation(link).from).origin;

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
