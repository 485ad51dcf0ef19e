import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { isProgram } from '../install/program-file.ts';
import type { Environment } from '../install/run-tool.ts';
import { SigningError } from './signing-error.ts';

interface RemoteWish {
  /** For the socket; only this person can enter it. */
  readonly directory: string;
  readonly modulePath: string;
  readonly searchPath: string;
  readonly home: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

interface RemoteModule {
  readonly path: string;
  readonly environment: Environment;
}

/**
 * Has p11-kit run a module in a process of its own, and lends the module that leads there: OpenSSL's engine for PKCS #11 and what
 * a TPM's module takes OpenSSL for do not live in one process. Throws `SigningError`.
 */
export async function withRemoteModule<T>(
  wish: RemoteWish,
  work: (module: RemoteModule) => Promise<T>,
): Promise<T> {
  const path = await clientModule();
  const socket = join(wish.directory, 'p11-kit');
  const words = ['server', '--foreground', '--name', socket, '--provider', wish.modulePath];
  const [program, parameters] = endingWithUs(['p11-kit', ...words, 'pkcs11:'], wish.searchPath);
  const server = spawn(program, parameters, {
    env: { ...wish.environment, PATH: wish.searchPath, HOME: wish.home },
    stdio: 'ignore',
  });
  const ended = once(server, 'close').catch(() => undefined);
  try {
    await appearance(socket, server, wish.signal);
    return await work({ path, environment: { P11_KIT_SERVER_ADDRESS: `unix:path=${socket}` } });
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

/** prctl(2), PR_SET_PDEATHSIG: a server of a wallet that was killed would lead to the token for as long as somebody is logged in. */
function endingWithUs(
  [program = '', ...words]: readonly string[],
  searchPath: string,
): readonly [string, readonly string[]] {
  const isThere = (name: string): boolean =>
    searchPath.split(delimiter).some((each) => isAbsolute(each) && isProgram(join(each, name)));
  // What is not there itself is missed by its own name.
  if (!isThere('setpriv') || !isThere(program)) return [program, words];
  return ['setpriv', ['--pdeathsig', 'TERM', program, ...words]];
}

/** Milliseconds. */
const patience = 10_000;

async function appearance(
  socket: string,
  server: ChildProcess,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await isThere(socket))) {
    signal.throwIfAborted();
    if (server.pid === undefined) throw new SigningError('tool-missing', 'p11-kit');
    if (server.exitCode !== null || performance.now() > deadline) {
      throw new SigningError('tool-failed', 'p11-kit server');
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Debian and others have a folder for each architecture, of which one is there as a rule. */
async function clientModule(): Promise<string> {
  for (const parent of ['/usr/lib', '/usr/lib64', '/usr/local/lib']) {
    const folders = await readdir(parent).catch(() => []);
    for (const folder of ['', ...folders]) {
      const path = join(parent, folder, 'pkcs11', 'p11-kit-client.so');
      if (await isThere(path)) return path;
    }
  }
  throw new SigningError('tool-missing', 'p11-kit-client.so');
}
