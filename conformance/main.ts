import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Server } from './acme/server.ts';
import { createTransport } from './acme/transport.ts';
import type { Transport } from './acme/transport.ts';
import { catalogue, listOfCases } from './catalogue.ts';
import { readCommandLine, usage, UsageError } from './command-line.ts';
import type { Options } from './command-line.ts';
import { readCredentials } from './credentials/credentials-file.ts';
import type { Credentials } from './credentials/credentials.ts';
import { emptyMemory, keepMemory, memoryFileFor, readMemory } from './credentials/memory.ts';
import { FileError } from './credentials/shape.ts';
import { countsOf, jsonReport, printable, textReport } from './report.ts';
import type { About } from './report.ts';
import { runSuite } from './suite.ts';
import type { Result } from './suite.ts';
import { createWorld } from './world.ts';

/** What of the computer the command uses. */
export type Surroundings = {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Is told after each case how far it has come. */
  readonly progress?: (text: string) => void;
  readonly now?: () => number;
  readonly wait?: (milliseconds: number) => Promise<void>;
  readonly transport?: (roots: string | undefined) => Transport;
  readonly signal?: AbortSignal;
};

/** The server cannot be tried at all. */
class UnreachableError extends Error {
  readonly code = 'unreachable';
}

/** Runs the command; resolves with its exit code: 0 without failures, 1 with, 2 when it could not begin. */
export async function main(
  parameters: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { print, complain } = surroundings;
  try {
    const options = readCommandLine(parameters);
    if (options === 'help') print(usage);
    else if (options === 'list') print(listOfCases());
    else return await run(options, surroundings);
    return 0;
  } catch (error) {
    const isOurs =
      error instanceof UsageError ||
      error instanceof FileError ||
      error instanceof UnreachableError;
    if (!isOurs) throw error;
    complain(error instanceof UsageError ? `${error.message}\n${usage}` : error.message);
    return 2;
  }
}

async function run(options: Options, surroundings: Surroundings): Promise<number> {
  const { print, complain, progress, now = Date.now, signal } = surroundings;
  const credentials = credentialsOf(options, complain);
  const stateFile = stateFileOf(options);
  const { directory } = options;
  const memory =
    stateFile === undefined ? emptyMemory(directory) : readMemory(stateFile, directory);
  const keep = (): void => {
    if (stateFile !== undefined) keepMemory(stateFile, memory);
  };
  const transport = (surroundings.transport ?? createTransport)(rootsOf(options));
  const world = createWorld({
    ...{ transport, credentials, memory, directory, now },
    ...{ mostRequests: options.requests, wait: surroundings.wait ?? ((time) => wait(time)) },
  });
  const cases = catalogue.filter(({ group }) => options.only.includes(group));
  let tried = 0;
  const started = new Date();
  const before = performance.now();
  try {
    await checkReach(world.server, options);
    const results = await runSuite({
      ...{ world, caseTime: options.caseSeconds * 1000, ...(signal && { signal }) },
      cases,
      onResult({ case: { id }, verdict }) {
        keep();
        tried += 1;
        progress?.(`${tried} of ${cases.length}: ${id} ${verdict}`);
      },
    });
    const milliseconds = Math.round(performance.now() - before);
    const about = { directory, started, milliseconds, requests: world.server.requests };
    return conclude(results, about, { options, print });
  } finally {
    transport.close();
    keep();
  }
}

/** Throws UnreachableError: without its directory each case would fail for the same reason. */
async function checkReach(server: Server, { root }: Options): Promise<void> {
  const why = await server.whyUnreachable();
  if (why === undefined) return;
  const hint = root === undefined ? '\nA CA of your own needs --root, with its root as PEM.' : '';
  throw new UnreachableError(`the directory cannot be fetched: ${printable(why)}${hint}`);
}

function conclude(
  results: readonly Result[],
  about: About,
  { options, print }: { readonly options: Options; readonly print: (text: string) => void },
): number {
  print(textReport(results, about));
  const { json } = options;
  if (json !== undefined) {
    write(json, `${JSON.stringify(jsonReport(results, about), undefined, 2)}\n`);
  }
  return countsOf(results).fail > 0 ? 1 : 0;
}

function credentialsOf({ credentials }: Options, complain: (text: string) => void): Credentials {
  if (credentials === undefined) return { subjects: [], neighbours: [], approvals: undefined };
  return readCredentials(credentials, complain);
}

function stateFileOf({ state, credentials }: Options): string | undefined {
  return state ?? (credentials === undefined ? undefined : memoryFileFor(credentials));
}

function rootsOf({ root }: Options): string | undefined {
  if (root === undefined) return undefined;
  try {
    return readFileSync(root, 'utf8');
  } catch (cause) {
    throw new FileError(`${root} cannot be read`, { cause });
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new FileError(`${file} cannot be written`, { cause });
  }
}
