import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServerProgram {
  readonly command: string;
  readonly arguments: readonly string[];
  /** The Debian package that has the command. */
  readonly debianPackage: string;
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Hears what the program prints, as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Resolves to true when the server answers. */
  readonly ready: () => Promise<boolean>;
}

const patience = 60_000;

/** Starts somebody else's server and waits until it answers; the result ends it. */
export async function startServerProgram(program: ServerProgram): Promise<() => Promise<void>> {
  const { command, debianPackage, directory, environment } = program;
  requireProgram(command, debianPackage);
  const child = spawn(command, program.arguments, {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000);
    program.onOutput?.(chunk.toString());
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const deadline = Date.now() + patience;
  while (!(await program.ready().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${command} did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return stop;
}

/** Fails with what to install when a program that a test needs is not there. */
export function requireProgram(command: string, debianPackage: string): void {
  if (spawnSync('which', [command]).status === 0) return;
  throw new Error(`${command} is missing: run "apt-get install ${debianPackage}"`);
}

/** Ports of this computer that nobody has right now, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** An empty directory, and how to be rid of it. */
export async function temporaryDirectory(
  name: string,
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `countersign-${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
