import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { TokenKeyReference } from '../pkcs11/token-access.ts';

/** A key on a token, as the wallet remembers it. */
export interface TokenKeyRecord {
  readonly id: string;
  readonly key: TokenKeyReference;
  readonly type: KeyType;
  /** `announced`: about to be made or taken over; `left-behind`: of no use any more, and perhaps still there. */
  readonly state: 'announced' | 'made' | 'left-behind';
  /** `found`: it was there before, so the wallet never removes it. */
  readonly origin: 'made' | 'found';
  /** DER SubjectPublicKeyInfo; `null` as long as nobody has seen it. */
  readonly spki: Uint8Array | null;
}

/** What is remembered of keys on tokens. Implemented by the wallet database. */
export interface TokenKeyStore {
  list(): readonly TokenKeyRecord[];
  find(id: string): TokenKeyRecord | undefined;
  /** Adds or replaces; on the disk when this returns. */
  save(record: TokenKeyRecord): void;
  remove(id: string): void;
}
