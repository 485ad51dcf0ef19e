import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import type { Voucher } from './trust.ts';
import { InvitationError, ProfileError } from './errors.ts';
import { parseInvitation } from './invitation.ts';
import { maximumProfileSize, verifyProfile } from './profile.ts';
import { parseStrictJson } from './strict-json.ts';

/** What the process that started both the wallet and the Local CA left for the wallet. */
export interface Handover {
  /** Compact JWS. */
  readonly profile: string;
  readonly invitation: string;
}

const handover = z.strictObject({
  profile: z.string().min(1).max(maximumProfileSize),
  invitation: z.string().min(1).max(8192),
});

const maximumSize = maximumProfileSize + 16_384;

/**
 * Reads the file that names the Local CA. Because its signer is trusted, nobody else may have been able to write
 * or read it: it must be a plain file of our own user with mode 0600 or less. Throws `ProfileError`.
 */
export async function readHandover(path: string): Promise<Handover> {
  try {
    // Not through a symbolic link, and not waiting for the other end of a pipe.
    const file = await open(path, constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      await checkOwner(file);
      const text = await file.readFile('utf8');
      return handover.parse(parseStrictJson(text));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof ProfileError) throw error;
    throw new ProfileError('not-a-profile', 'the file of the Local CA cannot be read', {
      cause: error,
    });
  }
}

/**
 * Rank 4: the signer is the one whose profile was handed over by file. From which origin a profile comes does not
 * matter: the link of an invitation that the portal made must be recognised as the Local CA's too, and whoever serves
 * a profile elsewhere would need the signer's key to make one.
 */
export function localCaVoucher(path: string, clock: () => Date): Voucher {
  return async ({ signer }) => {
    try {
      const handed = await verifyProfile((await readHandover(path)).profile, clock());
      return handed.signer.hex === signer.hex ? { by: 'local-ca' } : null;
    } catch (error) {
      // A file that is gone vouches for nobody, and does not stop other organisations from being opened.
      if (error instanceof ProfileError) return null;
      throw error;
    }
  };
}

/** Where the Local CA is, as its file says; `null` when the file says nothing or could be by somebody else. */
export async function localCaOrigin(path: string): Promise<string | null> {
  try {
    return new URL(parseInvitation((await readHandover(path)).invitation).from).origin;
  } catch (error) {
    if (error instanceof ProfileError || error instanceof InvitationError) return null;
    throw error;
  }
}

async function checkOwner(file: FileHandle): Promise<void> {
  const status = await file.stat();
  const us = process.getuid?.();
  // Windows has neither user ids nor modes; its temporary directory belongs to one user.
  const isOurs = us === undefined || (status.uid === us && (status.mode & 0o077) === 0);
  if (!status.isFile() || !isOurs || status.size > maximumSize) {
    throw new ProfileError('not-a-profile', 'the file of the Local CA could be by somebody else');
  }
}
