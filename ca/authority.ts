import type { AccountKeys } from './account-key.ts';
import type { CertificateTrust } from './challenges/certificate-trust.ts';
import type { ChallengeTypes } from './challenges/challenge-type.ts';
import type { Deliberations } from './challenges/deliberations.ts';
import type { Validation } from './challenges/validation.ts';
import type { FaultBox } from './faults.ts';
import type { Hierarchy } from './hierarchy.ts';
import type { Issuance } from './issuance.ts';
import type { Nonces } from './nonces.ts';
import type { PasskeyDesk } from './passkeys/passkey-desk.ts';
import type { People } from './people-types.ts';
import type { Receipts } from './approvals/receipt.ts';
import type { RevocationList } from './revocation-list.ts';
import type { Rules } from './rules.ts';
import type { State } from './state.ts';
import type { Pace } from './pace.ts';
import type { Terms } from './terms.ts';
import type { Timestamper } from './timestamper.ts';
import type { Urls } from './urls.ts';

/** What the resources work with. */
export type Authority = {
  readonly urls: Urls;
  readonly clock: () => Date;
  readonly state: State;
  readonly nonces: Nonces;
  readonly accountKeys: AccountKeys;
  readonly hierarchy: Hierarchy;
  /** The keyIdentifier of what the issuer issues (RFC 5280 §4.2.1.1). */
  readonly issuerKeyIdentifier: Buffer;
  readonly rules: Rules;
  readonly terms: Terms;
  readonly issuance: Issuance;
  readonly revocationList: RevocationList;
  /** Of what was approved and declined. */
  readonly receipts: Receipts;
  readonly challengeTypes: ChallengeTypes;
  readonly certificateTrust: CertificateTrust;
  readonly validation: Validation;
  readonly deliberations: Deliberations;
  readonly people: People;
  readonly passkeyDesk: PasskeyDesk;
  readonly timestamper: Timestamper;
  readonly timestampPace: Pace;
  readonly faults: FaultBox;
  readonly externalAccountRequired: boolean;
  readonly ordersPerPage: number;
};
