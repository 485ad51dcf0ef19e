import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Stage } from './journey.ts';

const program = join(import.meta.dirname, '..', 'out', 'main', 'cli.js');

export interface CommandRun {
  readonly stage: Stage;
  readonly env?: Readonly<Record<string, string>>;
  /** On descriptor 3. */
  readonly pin?: string;
}

export interface StartedCommand {
  /** What was said on standard error, a JSON object each. */
  readonly events: readonly string[];
  /** What was said on standard output; rejects with all that was said if it fails. */
  readonly result: Promise<unknown>;
  /** Ends it as a power cut would. */
  kill(): void;
}

/** Runs `countersign` to its end, as `startCountersign` does. */
export async function countersign(run: CommandRun, ...words: readonly string[]): Promise<unknown> {
  return startCountersign(run, ...words).result;
}

/**
 * Starts `countersign` as the person of the stage, in the wallet of the stage, with `--json`. The code is on descriptor 4
 * when it is asked for.
 */
export function startCountersign(
  { stage, env, pin }: CommandRun,
  ...words: readonly string[]
): StartedCommand {
  const parameters = [program, ...words, '--json', '--user-data-dir', stage.userData];
  const child = spawn(process.execPath, parameters, {
    env: { ...stage.session.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [, out, told, pins, codes] = child.stdio as unknown as Pipes;
  // Who does not read them closes them.
  for (const stream of [pins, codes]) stream.on('error', () => undefined);
  pins.end(pin === undefined ? '' : `${pin}\n`);
  const said: string[] = [];
  out.on('data', (part: Buffer) => said.push(part.toString()));
  const events: string[] = [];
  createInterface({ input: told }).on('line', (line) => {
    events.push(line);
    if (line.includes('"code-needed"')) void stage.code().then((code) => codes.write(`${code}\n`));
  });
  const result = once(child, 'close').then(([exitCode]: (number | null)[]): unknown => {
    if (exitCode === 0) return JSON.parse(said.join(''));
    throw new Error(`countersign ${words[0]} ended with ${exitCode}: ${events.join('\n')}`);
  });
  return { events, result, kill: () => void child.kill('SIGKILL') };
}

type Pipes = readonly [null, Readable, Readable, Writable, Writable];

/** As the organisation has told it on paper: SHA-256 of the certificate that signs its profile. */
export async function fingerprintOf({ localCa }: Stage): Promise<string> {
  const [header = ''] = (await localCa.profile()).split('.');
  const { x5c } = JSON.parse(Buffer.from(header, 'base64url').toString()) as {
    readonly x5c: readonly string[];
  };
  return createHash('sha256')
    .update(x5c[0] ?? '', 'base64')
    .digest('hex');
}
