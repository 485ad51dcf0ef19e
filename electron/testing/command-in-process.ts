import { Output } from '../command/output.ts';
import type { CommandRooms } from '../command/rooms.ts';
import type { House } from '../house.ts';
import { failureTranslator } from '../ipc/to-failure.ts';
import type { World } from './enrollment-world.ts';
import type { Process } from './wallet-process.ts';

export interface CommandInProcess {
  readonly process: Process;
  readonly rooms: CommandRooms;
  /** What it said so far. */
  readonly said: { out: string; error: string };
  /** Ctrl+C. */
  readonly stop: AbortController;
}

/** What a command works with when its wallet is one of a world's processes; it closes it at its end. */
export function commandIn(world: World): CommandInProcess {
  const process = world.open();
  const said = { out: '', error: '' };
  const stop = new AbortController();
  const streams = {
    out: (text: string) => (said.out += text),
    error: (text: string) => (said.error += text),
    unread: new AbortController().signal,
  };
  const rooms: CommandRooms = {
    ...{ output: new Output(streams, true), signal: stop.signal, now: world.now },
    openHouse: () => houseOf(process),
    openTokens: () => process.tokens,
    linesOf: () => ({ next: () => Promise.resolve(null) }),
    toFailure: failureTranslator((error) => process.unforeseen.push(error)),
  };
  return { process, rooms, said, stop };
}

/** As much of it as these commands use. */
function houseOf(process: Process): House {
  const { ring: keys, enrollments, wallet, installer } = process;
  const close = async (): Promise<void> => {
    await enrollments.close();
    wallet.close();
  };
  const { targetIds: installTargets } = installer;
  return { ...process, keys, installTargets, close } as unknown as House;
}
