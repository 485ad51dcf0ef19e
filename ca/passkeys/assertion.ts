import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Passkey } from '../state/passkeys.ts';
import type { RelyingParty } from './relying-party.ts';

export type AssertionToVerify = {
  readonly response: AuthenticationResponseJSON;
  readonly passkey: Passkey;
  /** base64url. */
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
};

/** What an assertion says, once its signature was found good; undefined when it is not for this challenge here. */
export type Assertion = {
  readonly signCount: number;
  readonly backedUp: boolean;
  /** The authenticator knows that it was the person, by PIN or body. */
  readonly userVerified: boolean;
  /** It may be on several devices; that never changes (WebAuthn L3 §6.1.3). */
  readonly deviceType: Passkey['deviceType'];
};

/**
 * WebAuthn L3 §7.2 but for what is compared with the state: that is the caller's, in the transaction that keeps the outcome,
 * and comes after the signature, so that nobody without the passkey can say anything about it.
 */
export async function verifyAssertion(given: AssertionToVerify): Promise<Assertion | undefined> {
  const { response, passkey, challenge, relyingParty } = given;
  if (!isTopLevel(response.response.clientDataJSON)) return undefined;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: [relyingParty.origin],
      expectedRPID: relyingParty.id,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(passkey.publicKey),
        // Zero takes every counter; the caller compares.
        counter: 0,
      },
      // The caller refuses those, and otherwise than a wrong signature.
      requireUserVerification: false,
    });
    const { newCounter, credentialBackedUp, userVerified, credentialDeviceType } =
      authenticationInfo;
    if (!verified) return undefined;
    return {
      signCount: newCounter,
      backedUp: credentialBackedUp,
      userVerified,
      deviceType: credentialDeviceType,
    };
  } catch {
    // The library has one kind of error for all that can be wrong with what it is given.
    return undefined;
  }
}

/** WebAuthn L3 §5.8.1: never inside another page. The library lets `crossOrigin` pass when there is no `topOrigin`. */
export function isTopLevel(clientDataJSON: string): boolean {
  const data = parse(Buffer.from(clientDataJSON, 'base64url'));
  if (typeof data !== 'object' || data === null || 'topOrigin' in data) return false;
  return !('crossOrigin' in data) || data.crossOrigin === false;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
