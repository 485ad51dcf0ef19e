import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { CDPSession, Page } from 'playwright';
import { expect } from 'playwright/test';

export interface Passkey {
  /** base64url. */
  readonly id: string;
  readonly rpId: string;
  /** PKCS #8, base64. */
  readonly privateKey: string;
  /** base64; known to keys that keep names only. */
  readonly userHandle?: string | undefined;
  readonly userName?: string;
  /** Of the last signature; 1 when not said. */
  readonly signCount?: number;
  /** It is known where it was seen being made. */
  readonly isResident?: boolean;
}

/** Inside the computer or to plug in. What is not resident keeps no names, and is used only where its id is named. */
export const authenticatorKinds = {
  platform: { transport: 'internal', hasResidentKey: true },
  'platform, not resident': { transport: 'internal', hasResidentKey: false },
  roaming: { transport: 'usb', hasResidentKey: false },
  'roaming, resident': { transport: 'usb', hasResidentKey: true },
} as const;

export type AuthenticatorKind = keyof typeof authenticatorKinds;

/** A virtual authenticator in front of one page, which waits for a touch; it is gone with the page. */
export class VirtualAuthenticator {
  readonly #page: Page;
  readonly #session: CDPSession;
  readonly #id: string;
  readonly #made: Passkey[] = [];

  private constructor(page: Page, session: CDPSession, id: string) {
    this.#page = page;
    this.#session = session;
    this.#id = id;
    session.on('WebAuthn.credentialAdded', ({ credential }) => {
      const { credentialId, rpId = '', privateKey, userHandle, userName } = credential;
      const id = Buffer.from(credentialId, 'base64').toString('base64url');
      const names = { userHandle, ...(userName && { userName }) };
      const isResident = credential.isResidentCredential;
      this.#made.push({ id, rpId, privateKey, isResident, ...names });
    });
  }

  static async before(
    page: Page,
    kind: AuthenticatorKind,
    passkeys: readonly Passkey[] = [],
    isTouched = false,
  ): Promise<VirtualAuthenticator> {
    const { transport, hasResidentKey } = authenticatorKinds[kind];
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ...{ transport, hasResidentKey },
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: isTouched,
      },
    });
    for (const passkey of passkeys) {
      const { id, rpId, privateKey, userHandle, userName, signCount = 1 } = passkey;
      await session.send('WebAuthn.addCredential', {
        authenticatorId,
        credential: {
          credentialId: Buffer.from(id, 'base64url').toString('base64'),
          ...{ rpId, privateKey, signCount, isResidentCredential: hasResidentKey },
          ...(hasResidentKey && userHandle !== undefined && { userHandle }),
          ...(userName !== undefined && { userName }),
        },
      });
    }
    return new VirtualAuthenticator(page, session, authenticatorId);
  }

  /**
   * The one that was made here. The debugger tells of it when it is made, before the page has its answer, but on another
   * way than the app tells of that: what is known when the ceremony has ended may not have come here yet.
   */
  async made(): Promise<Passkey> {
    await expect.poll(() => this.#made, { message: 'passkeys made' }).toHaveLength(1);
    const [passkey] = this.#made;
    if (passkey === undefined) throw new Error('no passkey was made');
    return passkey;
  }

  /** From now on the person touches it whenever it blinks. It looks only when it is asked, so the page asks again. */
  async touch(): Promise<void> {
    const authenticatorId = this.#id;
    await this.#session.send('WebAuthn.setAutomaticPresenceSimulation', {
      ...{ authenticatorId, enabled: true },
    });
    // The answer may close the window before the page has come back.
    await this.#page.reload().catch(() => null);
  }

  /** It does not recognize the person. */
  async forgetPerson(): Promise<void> {
    const authenticatorId = this.#id;
    await this.#session.send('WebAuthn.setUserVerified', {
      authenticatorId,
      isUserVerified: false,
    });
  }
}

/** One that was made some other time. */
export function madeBefore(rpId: string, userName: string): Passkey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    ...{ id: randomBytes(32).toString('base64url'), rpId, userName },
    privateKey: pkcs8.toString('base64'),
    userHandle: Buffer.from(userName).toString('base64'),
  };
}
