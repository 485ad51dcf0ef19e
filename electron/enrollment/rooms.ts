import type { Failure } from '../../shared/failure.ts';
import type { AcmeClientOptions } from '../acme/client.ts';
import type { Clock } from '../acme/clock.ts';
import type { OwnCodes } from '../authenticator/authenticator.ts';
import type { Installer } from '../credentials/installer.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { TokenAccess } from '../pkcs11/token-access.ts';
import type { JoinedOrganizations } from '../wallet/joined-organizations.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { LookAtCaa } from './caa.ts';
import type { Candidates } from '../credentials/candidates.ts';
import type { LookAtRecord } from './challenges/challenge-type.ts';
import type { Passkeys, RegisteredKey } from './passkey-room.ts';
import type { Turns } from '../keys/turns.ts';

/** What an enrolment works with; nothing of it belongs to one enrolment alone. */
export interface Rooms {
  readonly wallet: Wallet;
  readonly organizations: JoinedOrganizations;
  readonly keys: KeyRing;
  readonly tokens: TokenAccess;
  readonly installer: Installer;
  /** The way to an organisation's server, for which only that organisation's roots vouch. */
  readonly httpTo: (organizationId: string) => HttpClient;
  readonly acme: Pick<AcmeClientOptions, 'userAgent' | 'languages' | 'retry' | 'pollBackoff'>;
  /** Throws `KeystoreError` when secrets could not be sealed now. */
  readonly checkSecretStore: () => Promise<void>;
  readonly lookAtRecord: LookAtRecord;
  readonly lookAtCaa: LookAtCaa;
  /** Certificates that can answer challenges. */
  readonly candidates: Candidates;
  /** Absent where nobody sits at a screen. */
  readonly passkeys?: Passkeys;
  /** Codes that the wallet makes itself; absent where it makes none. */
  readonly ownCodes?: OwnCodes;
  /** Key pairs that an organisation knows as this person's. */
  readonly registeredKeys?: (organizationId: string) => readonly RegisteredKey[];
  readonly toFailure: (error: unknown) => Failure;
  /** Hears of errors that change nothing for the person. */
  readonly report: (doing: string, error: unknown) => void;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly randomUuid: () => string;
  /** Aborted as soon as the wallet is being closed. */
  readonly closing: AbortSignal;
  /** What enrolments of one organisation do one after the other: its account, and its orders. */
  readonly turns: Turns;
}
