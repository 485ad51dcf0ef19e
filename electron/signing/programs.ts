import { delimiter, isAbsolute, join } from 'node:path';
import type { ConfigurationText, SigningToolView } from '../../shared/models/signing.ts';
import { pemText } from '../certificates/pem.ts';
import { CredentialError } from '../credentials/credential-error.ts';
import { isProgram } from '../install/program-file.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { TokenAccess } from '../pkcs11/token-access.ts';
import type { Platform } from '../platform/platform.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { codesign } from './codesign.ts';
import { configurationsOf } from './configurations.ts';
import { cosign } from './cosign.ts';
import { git } from './git.ts';
import { gpgsm } from './gpgsm.ts';
import { jarsigner, runnableJarsigner } from './jarsigner.ts';
import { osslsigncode, runnableOsslsigncode } from './osslsigncode.ts';
import { signingCredential, type SigningCredential } from './signing-credential.ts';
import { commandOf, isTypeable, obstacleOf, type SigningProgram } from './signing-program.ts';
import type { RunnableProgram } from './signing-run.ts';
import { shellLine } from './shell-words.ts';
import { signtool } from './signtool.ts';
import { sshKeygen } from './ssh-keygen.ts';

export interface ProgramRooms {
  readonly wallet: Pick<Wallet, 'credentials' | 'organizations'>;
  readonly keys: Pick<KeyRing, 'onToken' | 'exportPkcs8'>;
  readonly tokens: Pick<TokenAccess, 'modules' | 'tokenIdOf' | 'lockOf'>;
  readonly platform: Platform;
  /** Directories in which programs are looked for, as in `PATH`. */
  readonly searchPath: string;
}

const all: readonly SigningProgram[] = [
  ...[osslsigncode, jarsigner, signtool, codesign],
  ...[cosign, gpgsm, git, sshKeygen],
];

/** Those that the wallet runs by itself. */
export const runnablePrograms: readonly RunnableProgram[] = [
  runnableOsslsigncode,
  runnableJarsigner,
];

/** How programs of others use credentials where the wallet cannot put them. */
export class Programs {
  readonly #rooms: ProgramRooms;

  constructor(rooms: ProgramRooms) {
    this.#rooms = rooms;
  }

  /** None for a credential that is not for signing programs. Rejects with `CredentialError`. */
  async signingTools(credentialId: string): Promise<readonly SigningToolView[]> {
    const record = this.#record(credentialId);
    if (record.purpose !== 'codeSigning') return [];
    const credential = await signingCredential(record, this.#rooms);
    return all.map((program) => this.#view(program, credential));
  }

  /** Rejects with `CredentialError`. */
  async configurations(credentialId: string): Promise<readonly ConfigurationText[]> {
    const record = this.#record(credentialId);
    const credential = await signingCredential(record, this.#rooms);
    const { roots = [] } =
      this.#rooms.wallet.organizations.find(record.organizationId)?.profile ?? {};
    const isSaved = record.key.exportable && record.key.place === 'software';
    return configurationsOf(record, {
      credential,
      roots: roots.map((root) => pemText(Buffer.from(root, 'base64'))),
      ...(isSaved && { keyFile: credential.certificateFile.replace(/\.pem$/, '.p12') }),
    });
  }

  #view(program: SigningProgram, credential: SigningCredential): SigningToolView {
    const obstacle =
      obstacleOf(program, credential) ??
      (isTypeable(program, credential) ? undefined : ('not-typeable' as const));
    const { tool, programs } = program;
    const isInstalled = programs.every((each) => isOnPath(each, this.#rooms.searchPath));
    if (obstacle !== undefined) return { tool, isInstalled, command: '', obstacle };
    const isRunnable = runnablePrograms.some((each) => each.program === program);
    return {
      ...{ tool, isInstalled, command: commandOf(program, credential) },
      ...(isRunnable && { ownCommand: ownCommand(program, credential) }),
    };
  }

  #record(credentialId: string): CredentialRecord {
    const record = this.#rooms.wallet.credentials.find(credentialId);
    if (record !== undefined) return record;
    throw new CredentialError({ code: 'not-found' }, 'finding the credential');
  }
}

const ownCommand = ({ tool }: SigningProgram, { id, system }: SigningCredential): string =>
  shellLine(
    ['countersign', 'sign', '--with', tool, '--credential', id, '--pin-fd', '0', 'FILE'],
    system,
  );

function isOnPath(program: string, searchPath: string): boolean {
  return searchPath
    .split(delimiter)
    .filter((directory) => isAbsolute(directory))
    .some((directory) =>
      [program, `${program}.exe`].some((name) => isProgram(join(directory, name))),
    );
}
