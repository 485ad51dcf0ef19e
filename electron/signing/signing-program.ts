import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { SigningTool, SigningToolView } from '../../shared/models/signing.ts';
import type { Platform } from '../platform/platform.ts';
import { isWord, shellLine } from './shell-words.ts';
import type { SigningCredential } from './signing-credential.ts';

export type Obstacle = NonNullable<SigningToolView['obstacle']>;

/** The words of a command, and where what it says is put. */
export type TypedLine =
  readonly string[] | { readonly words: readonly string[]; readonly into: 'signer.pub' };

/** A program of others that signs. */
export interface SigningProgram {
  readonly tool: SigningTool;
  /** What has to be on the path. */
  readonly programs: readonly string[];
  readonly systems: readonly Platform['name'][];
  readonly keyTypes: readonly KeyType[];
  /** Where it finds keys. */
  readonly reads: 'token' | 'system-store';
  /** It can be told the PIN once only, and not again for the signature. */
  readonly hasOnePin?: boolean;
  /** The lines that are typed; `FILE` stands for what is signed. */
  readonly lines: (credential: SigningCredential) => readonly TypedLine[];
}

export const rsaKeys: readonly KeyType[] = ['RSA-2048', 'RSA-3072', 'RSA-4096'];
export const rsaAndNistKeys: readonly KeyType[] = [...rsaKeys, 'P-256', 'P-384'];
export const file = 'FILE';

/** Why that program cannot use that credential. */
export function obstacleOf(
  { systems, reads, keyTypes, hasOnePin }: SigningProgram,
  { system, keyType, token, place, isInSystemStore }: SigningCredential,
): Obstacle | undefined {
  if (!systems.includes(system)) return 'not-on-this-system';
  const isThere = reads === 'token' ? token !== undefined : isInSystemStore;
  if (!isThere) return place === 'software' ? 'key-in-software' : 'elsewhere';
  if (!keyTypes.includes(keyType)) return 'key-type';
  return token?.wantsPinEachTime === true && hasOnePin === true ? 'pin-each-time' : undefined;
}

/** Why that program cannot use a key that it is given as a file. */
export function fileObstacleOf(
  { systems, keyTypes }: SigningProgram,
  { system, keyType, place }: SigningCredential,
): Obstacle | undefined {
  if (!systems.includes(system)) return 'not-on-this-system';
  if (place !== 'software') return 'elsewhere';
  return keyTypes.includes(keyType) ? undefined : 'key-type';
}

/** What is typed in a shell of that system. */
export const commandOf = (program: SigningProgram, credential: SigningCredential): string =>
  program
    .lines(credential)
    .map((line) => {
      if (!('words' in line)) return shellLine(line, credential.system);
      return `${shellLine(line.words, credential.system)} > ${line.into}`;
    })
    .join('\n');

/** Whether a shell of that system can be told all that is typed. */
export const isTypeable = (program: SigningProgram, credential: SigningCredential): boolean =>
  program
    .lines(credential)
    .flatMap((line) => ('words' in line ? line.words : line))
    .every((word) => isWord(word, credential.system));

/** The token of a credential that has no obstacle. */
export function tokenOf({ token }: SigningCredential): NonNullable<SigningCredential['token']> {
  if (token === undefined) throw new TypeError('the key is on no token');
  return token;
}

export const timestamped = (
  option: string,
  { timestampUrl }: Pick<SigningCredential, 'timestampUrl'>,
): readonly string[] => (timestampUrl === undefined ? [] : [option, timestampUrl]);
