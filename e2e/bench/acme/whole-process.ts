import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../electron/testing/server-program.ts';
import type { MeasuredPebble } from './pebble-under-load.ts';
import { errandAt, type Contender } from './peers.ts';
import { timeCommand, type Cost } from './timed-command.ts';

export interface Run extends Cost {
  /** Requests that Pebble counted. */
  readonly requests: number;
}

/** One contender's runs, each with the same number as the runs of the others beside it. */
export interface Runs {
  readonly name: string;
  readonly newAccount: readonly Run[];
  readonly existingAccount: readonly Run[];
}

interface Options {
  readonly pebble: MeasuredPebble;
  readonly rounds: number;
  /** When not Pebble's own: the same server further away. */
  readonly directoryUrl?: string;
}

/** Every contender in turn, again and again: what disturbs one round disturbs all of it alike. */
export async function raceProcesses(
  contenders: readonly Contender[],
  { pebble, rounds, directoryUrl }: Options,
): Promise<readonly Runs[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-race-'));
  const [httpPort = 0] = await freePorts(1);
  const runs = contenders.map(({ name }) => ({
    name,
    newAccount: [] as Run[],
    existingAccount: [] as Run[],
  }));
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const [index, contender] of contenders.entries()) {
        const home = join(folder, `${index}-${round}`);
        const again = async (which: string): Promise<Run> => {
          const identifier = `${which}-${index}-${round}.example.com`;
          const location = directoryUrl === undefined ? {} : { directoryUrl };
          const errand = await errandAt(pebble, { home, identifier, httpPort, ...location });
          pebble.takeRequests();
          const cost = await timeCommand(contender.command(errand));
          return { ...cost, requests: pebble.takeRequests() };
        };
        const first = await again('new');
        const second = await again('existing');
        // What the disk has to read once is not counted.
        if (round === 0) continue;
        runs[index]?.newAccount.push(first);
        runs[index]?.existingAccount.push(second);
      }
    }
    return runs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
