import type { PasskeyWay, RegisteredKeyView } from '../../shared/enrollment-state.ts';
import type { Signer } from '../keys/signer.ts';
import type { PasskeyCeremonies } from '../passkeys/ceremony.ts';
import { proofUse, type Proof } from './proof-use.ts';
import type { Rooms } from './rooms.ts';

/** A key pair of this wallet that an organisation knows as this person's. */
export interface RegisteredKey extends RegisteredKeyView {
  readonly keyId: string;
}

/** What a wallet can do about passkeys, and registered key pairs. */
export interface Passkeys {
  readonly ceremonies: PasskeyCeremonies;
  /** Where passkeys can be used here. */
  readonly ways: readonly PasskeyWay[];
}

/** What something can be proven with by passkey or registered key pair. */
export interface PasskeyRoom {
  readonly organizationId: string;
  readonly directoryUrl: string;
  /** Undefined: nobody sits at a screen. */
  readonly passkeys: Passkeys | undefined;
  keys(): readonly RegisteredKey[];
  signer(key: RegisteredKey, signal: AbortSignal): Promise<Signer>;
}

export function passkeyRoom(
  { proof, directoryUrl }: { readonly proof: () => Proof; readonly directoryUrl: string },
  rooms: Pick<Rooms, 'wallet' | 'keys' | 'passkeys' | 'registeredKeys'>,
): PasskeyRoom {
  const { wallet, keys, passkeys, registeredKeys } = rooms;
  const { organizationId } = proof();
  return {
    ...{ organizationId, directoryUrl, passkeys },
    keys: () => registeredKeys?.(organizationId) ?? [],
    signer: ({ keyId }, signal) => keys.signer(keyId, proofUse(proof(), wallet, signal)),
  };
}
