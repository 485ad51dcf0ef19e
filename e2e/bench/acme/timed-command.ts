import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one whole process cost. */
export interface Cost {
  /** Milliseconds from its start to its end. */
  readonly wall: number;
  /** Milliseconds of processor, its children included. */
  readonly processor: number;
  /** MB that its largest process held at most. */
  readonly memory: number;
}

export interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end under GNU time; throws with what it printed when it fails. */
export async function timeCommand({ program, parameters, env }: Command): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-time-'));
  const report = join(folder, 'report');
  try {
    const started = performance.now();
    const child = spawn('time', ['-f', '%U %S %M', '-o', report, program, ...parameters], {
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const [code] = (await once(child, 'close')) as [number | null];
    const wall = performance.now() - started;
    if (code !== 0) throw new Error(`${program} ${parameters.join(' ')}\n${output}`);
    const [user = 0, system = 0, kilobytes = 0] = (await readFile(report, 'utf8'))
      .trim()
      .split(' ')
      .map(Number);
    return { wall, processor: (user + system) * 1000, memory: kilobytes / 1024 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
