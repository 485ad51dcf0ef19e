import { z } from 'zod';
import {
  enrollmentProfile,
  type EnrollmentProfile,
} from '../../shared/models/enrollment-profile.ts';
import type { SignerFingerprint, VouchedBy } from '../../shared/models/organization.ts';
import { bytesColumn, jsonColumn, parsed, textColumn } from './json-column.ts';
import { signerFingerprint, time, vouchedBy } from './schemas.ts';
import { ReadableRows, type Report } from './readable-rows.ts';
import type { Row, Table } from './table.ts';
import { WalletError } from './wallet-error.ts';

/** An organisation that the person has joined: its profile, and who vouched for it. Holds no secret. */
export interface OrganizationRecord {
  /** The profile's `id`. */
  readonly id: string;
  /** The payload of `signedProfile`, parsed again on every reading. */
  readonly profile: EnrollmentProfile;
  /** Compact JWS exactly as verified. */
  readonly signedProfile: string;
  readonly signer: SignerFingerprint;
  readonly vouchedBy: VouchedBy;
  /** Who was invited, so that nobody has to type it. */
  readonly invitedEmail?: string;
  /** ISO 8601. */
  readonly joinedAt: string;
}

/** What a newer profile is measured by. */
export interface Predecessor {
  readonly signer: SignerFingerprint;
  readonly vouchedBy: VouchedBy;
  /** `null`: it is there, but this version cannot read it. */
  readonly profile: EnrollmentProfile | null;
}

const columns = 'id, signed_profile, signer, vouched_by, invited_email, joined_at';

export class OrganizationStore {
  readonly #table: Table;
  readonly #readable: ReadableRows;

  constructor(table: Table, report: Report) {
    this.#table = table;
    this.#readable = new ReadableRows('reading an organisation', report);
  }

  /** Oldest first, without those that cannot be read. */
  list(): readonly OrganizationRecord[] {
    const rows = this.#table.rows(`SELECT ${columns} FROM organizations ORDER BY joined_at, id`);
    return this.#readable.read(rows, readOrganization);
  }

  find(id: string): OrganizationRecord | undefined {
    const row = this.#table.row(`SELECT ${columns} FROM organizations WHERE id = :id`, { id });
    return row === undefined ? undefined : readOrganization(row);
  }

  /** As `find`, for joining again: a profile that cannot be read must not keep a readable one of its signer away. */
  predecessor(id: string): Predecessor | undefined {
    const row = this.#table.row(`SELECT ${columns} FROM organizations WHERE id = :id`, { id });
    return row && { ...voucherOf(row), profile: readableProfile(row) };
  }

  /** Adds or replaces; an account binding that waits for its use stays. */
  save(record: Omit<OrganizationRecord, 'profile'>): void {
    this.#table.run(
      `INSERT INTO organizations (${columns})
       VALUES (:id, :signedProfile, :signer, :vouchedBy, :invitedEmail, :joinedAt)
       ON CONFLICT (id) DO UPDATE SET
         signed_profile = excluded.signed_profile, signer = excluded.signer,
         vouched_by = excluded.vouched_by,
         invited_email = coalesce(excluded.invited_email, invited_email)`,
      {
        id: record.id,
        signedProfile: record.signedProfile,
        signer: JSON.stringify(record.signer),
        vouchedBy: JSON.stringify(record.vouchedBy),
        invitedEmail: record.invitedEmail ?? null,
        joinedAt: record.joinedAt,
      },
    );
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    return this.#table.run('DELETE FROM organizations WHERE id = :id', { id }) > 0;
  }

  /** Keeps a sealed external account binding until it is used; replaces an older one. */
  putExternalAccount(id: string, sealed: Uint8Array): void {
    this.#table.run('UPDATE organizations SET external_account = :sealed WHERE id = :id', {
      id,
      sealed,
    });
  }

  externalAccount(id: string): Uint8Array | undefined {
    const row = this.#table.row(
      'SELECT external_account FROM organizations WHERE id = :id AND external_account NOT NULL',
      { id },
    );
    return row === undefined ? undefined : bytesColumn(row, 'external_account');
  }

  /** Only that one: another may have taken its place. */
  removeExternalAccount(id: string, sealed: Uint8Array): void {
    this.#table.run(
      'UPDATE organizations SET external_account = NULL WHERE id = :id AND external_account = :sealed',
      { id, sealed },
    );
  }
}

function readOrganization(row: Row): OrganizationRecord {
  const signedProfile = textColumn(row, 'signed_profile');
  const invitedEmail = row['invited_email'];
  return {
    id: textColumn(row, 'id'),
    profile: payloadOf(signedProfile),
    signedProfile,
    ...voucherOf(row),
    joinedAt: parsed(row['joined_at'], 'joined_at', time),
    ...(invitedEmail === null
      ? {}
      : { invitedEmail: parsed(invitedEmail, 'invited_email', z.string()) }),
  };
}

function voucherOf(row: Row): Pick<OrganizationRecord, 'signer' | 'vouchedBy'> {
  return {
    signer: jsonColumn(row, 'signer', signerFingerprint),
    vouchedBy: jsonColumn(row, 'vouched_by', vouchedBy),
  };
}

function readableProfile(row: Row): EnrollmentProfile | null {
  try {
    return payloadOf(textColumn(row, 'signed_profile'));
  } catch (error) {
    if (error instanceof WalletError) return null;
    throw error;
  }
}

/** The signature was verified before the profile was kept; here its payload only has to be readable. */
function payloadOf(signedProfile: string): EnrollmentProfile {
  const payload = Buffer.from(signedProfile.split('.')[1] ?? '', 'base64url').toString('utf8');
  try {
    return enrollmentProfile.parse(JSON.parse(payload));
  } catch (error) {
    throw new WalletError('unreadable', 'a profile in the wallet cannot be read', {
      cause: error,
    });
  }
}
