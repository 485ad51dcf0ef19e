import { posix } from 'node:path';
import { z } from 'zod';
import { weakPoint, type TrustedWriters } from './file-safety.ts';
import { readSmallFile, SmallFileError } from './small-file.ts';

/** What whoever administers this computer decides for all its people. */
export interface ManagedPolicy {
  readonly pkcs11: {
    /** Absolute paths of modules. */
    readonly modules: readonly string[];
    /** No other modules are used, and nobody adds one. */
    readonly onlyThese: boolean;
  };
  /** The wallet may keep the secrets of one-time codes and make the codes itself. */
  readonly ownAuthenticator: boolean;
}

/** `not-protected`: somebody besides the administrator could have written it, so it counts for nothing. */
export type ManagedPolicyFault = 'not-protected' | 'not-readable' | 'malformed';

/** There is a managed policy, and it cannot be followed. */
export class ManagedPolicyError extends Error {
  readonly code = 'managed-policy';
  readonly file: string;
  readonly reason: ManagedPolicyFault;
  /** `not-protected`: the file or directory that others may change. */
  readonly path: string;

  constructor(
    facts: { readonly file: string; readonly reason: ManagedPolicyFault; readonly path?: string },
    options?: ErrorOptions,
  ) {
    super(`reading the managed policy ${facts.file}: ${facts.reason}`, options);
    this.name = 'ManagedPolicyError';
    this.file = facts.file;
    this.reason = facts.reason;
    this.path = facts.path ?? facts.file;
  }
}

export const noPolicy: ManagedPolicy = {
  pkcs11: { modules: [], onlyThese: false },
  ownAuthenticator: false,
};

const administrator: TrustedWriters = { users: [0], groups: [0] };
const maximumSize = 64 * 1024;

/** The policy in `file`, `noPolicy` when there is none; throws `ManagedPolicyError`. */
export async function readManagedPolicy(
  file: string | null,
  trusted: TrustedWriters = administrator,
): Promise<ManagedPolicy> {
  if (file === null) return noPolicy;
  try {
    const weak = await weakPoint(file, trusted);
    if (weak !== null) throw new ManagedPolicyError({ file, reason: 'not-protected', path: weak });
    return parseManagedPolicy(file, await readSmallFile(file, maximumSize));
  } catch (error) {
    if (error instanceof ManagedPolicyError) throw error;
    if (isMissing(error)) return noPolicy;
    const reason = error instanceof SmallFileError ? 'malformed' : 'not-readable';
    throw new ManagedPolicyError({ file, reason }, { cause: error });
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

const modulePath = z
  .string()
  .max(4096)
  .refine((path) => posix.isAbsolute(path) && !path.includes('\0'));

// A misspelt member must not count as none.
const schema = z.strictObject({
  pkcs11: z
    .strictObject({
      modules: z.array(modulePath).max(64).optional(),
      onlyThese: z.boolean().optional(),
    })
    .optional(),
  ownAuthenticator: z.boolean().optional(),
});

/** Throws `ManagedPolicyError` `malformed`; `file` only names it. */
export function parseManagedPolicy(file: string, octets: Uint8Array): ManagedPolicy {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
    const { pkcs11, ownAuthenticator } = schema.parse(JSON.parse(text));
    refuseRepetitions(text);
    return {
      pkcs11: { modules: pkcs11?.modules ?? [], onlyThese: pkcs11?.onlyThese ?? false },
      ownAuthenticator: ownAuthenticator ?? false,
    };
  } catch (error) {
    throw new ManagedPolicyError({ file, reason: 'malformed' }, { cause: error });
  }
}

class RepeatedMember extends Error {
  override readonly name = 'RepeatedMember';
}

/** RFC 8259 §4 leaves the meaning of repeated names open. No two objects of this format have a name in common. */
function refuseRepetitions(text: string): void {
  const names = [...text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)]
    .filter(([, , colon]) => colon !== undefined)
    .map(([, literal = '""']) => String(JSON.parse(literal)));
  if (new Set(names).size < names.length) throw new RepeatedMember('a member is repeated');
}
