import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withPrivateDirectory } from '../install/private-directory.ts';
import { runTool, ToolError, type Environment, type ToolResult } from '../install/run-tool.ts';
import { copyToSign, placeSigned, type FileToSign } from './signed-file.ts';
import type { SigningCredential } from './signing-credential.ts';
import { withLentKey, type LentKey } from './lent-key.ts';
import { SigningError } from './signing-error.ts';
import type { SigningProgram } from './signing-program.ts';
import { withRemoteModule } from './remote-module.ts';

/** Runs a program of the wallet's own choice, which reads the PIN, and a line's end, where it asks for it. Throws `SigningError`. */
export type RunTool = (
  program: string,
  parameters: readonly string[],
  pin: Uint8Array | null,
  /** Exit codes that are no failure; 0 when not said. */
  good?: readonly number[],
) => Promise<ToolResult>;

/** A file that was signed, in a directory that only this person can enter. */
export interface SignedFile {
  /** Has `chain.pem`, the signer first, and `roots.pem`, `timestamp-roots.pem` and `server-roots.pem`, which may be empty. */
  readonly directory: string;
  readonly output: string;
  readonly hasRoots: boolean;
  readonly hasTimestampRoots: boolean;
  /** Seconds since 1970 at which only a timestamp that counts makes the signature count; absent: it has none. */
  readonly afterExpiry?: number;
  /** PEM, one each, of signers and timestamps. */
  readonly roots: readonly string[];
  readonly tool: RunTool;
}

export interface SignRun extends SignedFile {
  readonly credential: SigningCredential;
  /** PEM. */
  readonly chain: string;
  readonly input: string;
  /** What the program loads: that of the credential's token, or one that leads there. */
  readonly modulePath: string;
  /** `null`: none is needed, or it is typed on the reader. */
  readonly pin: Uint8Array | null;
  readonly hasPinPad: boolean;
  /** PEM, one each, that vouch for the way to the timestamp server; none: those that the program trusts. */
  readonly serverRoots: readonly string[];
}

/** As `SignRun`, with a key that is there for this run only. */
export interface FileRun extends Omit<SignRun, 'modulePath' | 'pin' | 'hasPinPad'>, LentKey {}

/** A program that the wallet runs by itself. */
export interface RunnableProgram {
  readonly program: SigningProgram;
  /** A TPM's module has to run in a process of its own. */
  readonly remotesTpm: boolean;
  sign(run: SignRun): Promise<void>;
  /** By a key in a file; absent: it takes none. */
  readonly signByFile?: (run: FileRun) => Promise<void>;
  /** By the program's own verification. Rejects with `SigningError`. */
  verify(signed: SignedFile): Promise<void>;
}

export interface ProgramSurroundings {
  readonly searchPath: string;
  readonly temporaryDirectory: string;
  readonly environment: Environment;
  readonly home: string;
}

export interface SigningWish {
  readonly program: RunnableProgram;
  readonly credential: SigningCredential;
  /** PEM, the signer first. */
  readonly chain: string;
  /** PEM, one each; none: those that this computer trusts. */
  readonly roots: readonly string[];
  readonly timestampRoots: readonly string[];
  /** Of the way to the timestamp server. */
  readonly serverRoots: readonly string[];
  readonly pin: Uint8Array | null;
  readonly hasPinPad: boolean;
  /** DER PKCS #8 in clear, for a program that signs by a file; whoever lent it overwrites it. */
  readonly lentKey?: Uint8Array;
  /** Aborted: whatever runs is killed, and nothing gets the name. */
  readonly signal: AbortSignal;
}

/** Milliseconds. A timestamp server answers in its own time, and so does somebody who types a PIN on a reader. */
const patience = 120_000;

/**
 * Signs one file beside its place, has the program check what it made, and only then gives it its name. Resolves to the SHA-256
 * of what is there. Throws `SigningError`, and what the signal was aborted with; nothing has that name then.
 */
export function signFile(
  file: FileToSign,
  wish: SigningWish,
  surroundings: ProgramSurroundings,
): Promise<string> {
  return withPrivateDirectory(surroundings.temporaryDirectory, async (directory) => {
    const { input, output, mode } = await copyToSign(file.source, directory);
    await writeCertificates(directory, wish);
    const { credential, chain, serverRoots } = wish;
    const has = {
      hasRoots: wish.roots.length > 0,
      hasTimestampRoots: wish.timestampRoots.length > 0,
      ...(credential.timestampUrl !== undefined && { afterExpiry: afterExpiry(chain) }),
    };
    const roots = [...new Set([...wish.roots, ...wish.timestampRoots])];
    const run = { ...{ directory, output, roots, credential, chain, input, serverRoots }, ...has };
    await (wish.lentKey === undefined
      ? signByModule(run, wish, surroundings)
      : signByFile(run, { ...wish, lentKey: wish.lentKey }, surroundings));
    wish.signal.throwIfAborted();
    return placeSigned({ from: output, mode }, file.destination);
  });
}

type PreparedRun = Omit<SignRun, 'modulePath' | 'pin' | 'hasPinPad' | 'tool'>;

async function signByModule(
  run: PreparedRun,
  wish: SigningWish,
  surroundings: ProgramSurroundings,
): Promise<void> {
  const { program, pin, hasPinPad, signal } = wish;
  await throughModule({ directory: run.directory, wish, surroundings }, async (module) => {
    const tool = toolIn({ ...surroundings, environment: module.environment }, signal);
    await program.sign({ ...run, tool, pin, hasPinPad, modulePath: module.path });
    await checked(() => program.verify({ ...run, tool }));
  });
}

async function signByFile(
  run: PreparedRun,
  { program, lentKey, signal }: SigningWish & { readonly lentKey: Uint8Array },
  surroundings: ProgramSurroundings,
): Promise<void> {
  const tool = toolIn(surroundings, signal);
  await withLentKey(run.directory, lentKey, async (lent) => {
    await program.signByFile?.({ ...run, ...lent, tool });
  });
  await checked(() => program.verify({ ...run, tool }));
}

const day = 86_400;

function afterExpiry(chain: string): number {
  const { validToDate } = new X509Certificate(chain);
  return Math.floor(validToDate.getTime() / 1000) + day;
}

interface ModuleWish {
  readonly directory: string;
  readonly wish: SigningWish;
  readonly surroundings: ProgramSurroundings;
}

interface UsableModule {
  readonly path: string;
  readonly environment: Environment;
}

function throughModule<T>(
  { directory, wish, surroundings }: ModuleWish,
  work: (module: UsableModule) => Promise<T>,
): Promise<T> {
  const { token } = wish.credential;
  if (token === undefined) throw new SigningError('obstacle', '', { obstacle: 'key-in-software' });
  const { environment, searchPath, home } = surroundings;
  const path = token.modulePath;
  if (!token.isTpm || !wish.program.remotesTpm) return work({ path, environment });
  const remote = {
    directory,
    environment,
    searchPath,
    home,
    modulePath: path,
    signal: wish.signal,
  };
  return withRemoteModule(remote, (module) =>
    work({ path: module.path, environment: { ...environment, ...module.environment } }),
  );
}

async function writeCertificates(
  directory: string,
  { chain, roots, timestampRoots, serverRoots }: SigningWish,
): Promise<void> {
  const put = (name: string, pem: string): Promise<void> =>
    writeFile(join(directory, name), pem, { mode: 0o600 });
  await put('chain.pem', chain);
  await put('roots.pem', roots.join(''));
  await put('timestamp-roots.pem', timestampRoots.join(''));
  await put('server-roots.pem', serverRoots.join(''));
}

function toolIn(
  { searchPath, environment, home }: ProgramSurroundings,
  signal: AbortSignal,
): RunTool {
  return async (program, parameters, pin, good = [0]) => {
    const input = pin === null ? new Uint8Array() : Uint8Array.from([...pin, newline]);
    try {
      const result = await runTool({
        ...{ program, parameters, searchPath, home, environment, input, timeout: patience },
        ...{ locale: 'C.UTF-8', signal },
      });
      if (good.includes(result.exitCode)) return result;
      throw new SigningError('tool-failed', `${program}: ${lastWords(result)}`);
    } catch (cause) {
      if (!(cause instanceof ToolError)) throw cause;
      const reason = cause.reason === 'missing' ? 'tool-missing' : 'tool-failed';
      throw new SigningError(reason, program, { cause });
    } finally {
      input.fill(0);
    }
  };
}

const newline = 0x0a;

/** What a program says at its end says the most; the PIN went in where nothing comes out. */
function lastWords({ stderr, stdout }: ToolResult): string {
  const lines = `${stdout.toString('utf8')}\n${stderr}`.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && line !== 'Failed')
    .slice(-2)
    .join('; ')
    .slice(-400);
}

async function checked(verify: () => Promise<void>): Promise<void> {
  try {
    await verify();
  } catch (cause) {
    if (!(cause instanceof SigningError) || cause.reason !== 'tool-failed') throw cause;
    throw new SigningError('not-verified', cause.detail, { cause });
  }
}
