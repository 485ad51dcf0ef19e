import { createHash, sign } from 'node:crypto';
import type { Json } from '../acme/objects.ts';
import type { Passkey } from '../credentials/credentials.ts';

/** What an authenticator and the page around it sign; what is not said is as it should be. */
export type Ceremony = {
  /** Octets, base64url. */
  readonly challenge: string;
  readonly origin: string;
  readonly signCount: number;
  readonly type?: string;
  readonly rpId?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  readonly credentialId?: string;
  readonly userHandle?: string;
  /** Changes the signature before it is sent. */
  readonly spoil?: (signature: Buffer) => Buffer;
};

/** An `AuthenticationResponseJSON` (WebAuthn L3 §5.1.8.1) by a key that is here in software. */
export function assertionBy(passkey: Passkey, ceremony: Ceremony): Json {
  const { credentialId: id = passkey.credentialId } = ceremony;
  const clientData = Buffer.from(clientDataOf(ceremony, 'webauthn.get'));
  const data = authenticatorData(ceremony.rpId ?? passkey.rpId, {
    ...ceremony,
    backupEligible: passkey.backupEligible,
  });
  const digest = passkey.key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signature = sign(digest, Buffer.concat([data, sha256(clientData)]), passkey.key);
  const userHandle = ceremony.userHandle ?? passkey.userHandle;
  return {
    ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
    authenticatorAttachment: 'platform',
    response: {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: (ceremony.spoil?.(signature) ?? signature).toString('base64url'),
      ...(userHandle === undefined ? {} : { userHandle }),
    },
  };
}

/** WebAuthn L3 §5.8.1.1. */
export function clientDataOf(
  ceremony: Pick<Ceremony, 'challenge' | 'origin' | 'type' | 'crossOrigin' | 'topOrigin'>,
  usualType: string,
): string {
  const { type = usualType, challenge, origin, crossOrigin = false, topOrigin } = ceremony;
  return JSON.stringify({ type, challenge, origin, crossOrigin, topOrigin });
}

type Flags = Pick<Ceremony, 'userPresent' | 'userVerified' | 'signCount'> & {
  readonly backupEligible: boolean;
  /** WebAuthn L3 §6.5.1, when a passkey is made. */
  readonly attested?: Buffer;
};

/** WebAuthn L3 §6.1. */
export function authenticatorData(rpId: string, flags: Flags): Buffer {
  const { userPresent = true, userVerified = true, signCount, backupEligible, attested } = flags;
  const bits =
    (userPresent ? 0x01 : 0) |
    (userVerified ? 0x04 : 0) |
    (backupEligible ? 0x18 : 0) |
    (attested === undefined ? 0 : 0x40);
  const head = Buffer.alloc(5);
  head.writeUInt8(bits);
  head.writeUInt32BE(signCount, 1);
  return Buffer.concat([sha256(rpId), head, attested ?? Buffer.alloc(0)]);
}

export function sha256(data: Buffer | string): Buffer {
  return createHash('sha256').update(data).digest();
}
