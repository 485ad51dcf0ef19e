import type { JsonWebKey } from 'node:crypto';
import type { State } from '../state.ts';
import type { NewPasskey, Passkey } from '../state/passkeys.ts';
import type { RegisteredKey } from '../state/registered-keys.ts';
import { readPublicJwk } from './key-proof.ts';

/** Passkeys and key pairs that one person may have together. */
export const MAXIMUM_CREDENTIALS = 20;

export type CredentialKind = 'passkey' | 'key';

/** What cannot be done about a passkey or key pair. */
export class CredentialError extends Error {
  readonly code: 'known' | 'full' | 'badName' | 'accountKey';

  constructor(code: CredentialError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export type PasskeyDetails = Omit<NewPasskey, 'createdAt'>;

export type KeyDetails = {
  readonly personId: string;
  /** Public, with its required members only. */
  readonly jwk: JsonWebKey;
  readonly name: string;
};

/** Which passkeys and key pairs the people have. */
export type CredentialRegister = {
  /** Oldest first. */
  passkeysOf(personId: string): readonly Passkey[];
  keysOf(personId: string): readonly RegisteredKey[];
  /** Without a ceremony; what was made in one goes the same way. Throws CredentialError. */
  addPasskey(details: PasskeyDetails): Passkey;
  /** Throws CredentialError, or a Problem for a key that is not fit to sign with. */
  addKey(details: KeyDetails): RegisteredKey;
  /** False when the person has no such credential. `id` is a credential id or a thumbprint. */
  remove(personId: string, kind: CredentialKind, id: string): boolean;
  isFull(personId: string): boolean;
};

export function createCredentialRegister(options: {
  readonly state: State;
  readonly clock: () => Date;
}): CredentialRegister {
  const { state, clock } = options;
  const { passkeys, registeredKeys, accounts } = state;
  const isFull = (personId: string): boolean =>
    passkeys.ofPerson(personId).length + registeredKeys.ofPerson(personId).length >=
    MAXIMUM_CREDENTIALS;
  const checkRoom = (personId: string): void => {
    if (isFull(personId)) throw new CredentialError('full', 'the person has too many credentials');
  };
  return {
    isFull,
    passkeysOf: (personId) => passkeys.ofPerson(personId),
    keysOf: (personId) => registeredKeys.ofPerson(personId),
    addPasskey: (details) =>
      state.transaction(() => {
        checkRoom(details.personId);
        const passkey = { ...details, name: readName(details.name), createdAt: clock() };
        if (!passkeys.add(passkey)) throw new CredentialError('known', 'the passkey is registered');
        return { ...passkey, lastUsedAt: undefined, flaggedAt: undefined };
      }),
    addKey: ({ personId, jwk: given, name }) =>
      state.transaction(() => {
        const { jwk, thumbprint } = readPublicJwk(given);
        // Who has the key of an account would prove nothing more by it.
        if (accounts.findByThumbprint(thumbprint) !== undefined) {
          throw new CredentialError('accountKey', 'the key is that of an account');
        }
        checkRoom(personId);
        const key = { thumbprint, personId, jwk, name: readName(name), createdAt: clock() };
        if (!registeredKeys.add(key)) throw new CredentialError('known', 'the key is registered');
        return { ...key, lastUsedAt: undefined };
      }),
    remove: (personId, kind, id) =>
      kind === 'passkey' ? passkeys.remove(id, personId) : registeredKeys.remove(id, personId),
  };
}

/** One line, without characters that cannot be seen. */
function readName(name: string): string {
  const text = name.normalize('NFC').trim();
  if (/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,64}$/u.test(text)) return text;
  throw new CredentialError('badName', 'a name has 1 to 64 printable characters');
}
