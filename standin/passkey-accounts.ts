import type { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { emitEvent } from './event.ts';

/** What a page's world says of a passkey that was made, or that Chromium found for a page which named none. */
export type PasskeyQuestion = {
  readonly kind: 'made' | 'found';
  readonly relyingPartyId: string;
  readonly account: Electron.WebAuthnAccount;
};

/**
 * The passkeys of one session that name their accounts, as far as its pages made them: Chromium tells nobody of those that
 * a test put into an authenticator until it has chosen one.
 */
export class PasskeyAccounts {
  readonly #made = new Map<string, Electron.WebAuthnAccount[]>();

  /** Asks the session's listener as Electron does; null cancels, which is also what happens when nobody listens. */
  async answer(
    session: EventEmitter,
    { kind, relyingPartyId, account }: PasskeyQuestion,
    frame: unknown,
  ): Promise<string | null> {
    const made = this.#made.get(relyingPartyId) ?? [];
    if (kind === 'made') {
      this.#made.set(relyingPartyId, [...made, account]);
      return null;
    }
    const isKnown = made.some(({ credentialId }) => credentialId === account.credentialId);
    const accounts = isKnown ? made : [account, ...made];
    if (session.listenerCount('select-webauthn-account') === 0) return null;
    return new Promise((resolve) => {
      const decide = (credentialId?: string | null) => {
        const isOne = accounts.some((each) => each.credentialId === credentialId);
        resolve(isOne ? (credentialId ?? null) : null);
      };
      const details = { relyingPartyId, accounts: [...accounts], frame };
      emitEvent(session, 'select-webauthn-account', [details, decide]);
    });
  }
}
