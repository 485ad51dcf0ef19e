// One instance per userData. The holder's identity is a link, made atomically; who comes second leaves a letter and goes.
// Both are files, because the caller needs the answer at once and may end right after.
import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
  type FSWatcher,
} from 'node:fs';
import { join } from 'node:path';
import { isAlive, processIdentity } from './profile.ts';

/** What a second instance tells the first one. */
export type Letter = {
  readonly argv: string[];
  readonly workingDirectory: string;
  readonly additionalData: unknown;
};

export class InstanceLock {
  readonly #directory: () => string;
  readonly #onSecond: (letter: Letter) => void;
  #watcher: FSWatcher | undefined;

  constructor(directory: () => string, onSecond: (letter: Letter) => void) {
    this.#directory = directory;
    this.#onSecond = onSecond;
  }

  get isHeld(): boolean {
    return this.#watcher !== undefined;
  }

  request(additionalData: unknown): boolean {
    if (this.isHeld) return true;
    const box = join(this.#directory(), 'standin-instance');
    mkdirSync(box, { recursive: true, mode: 0o700 });
    if (!takeLock(join(box, 'holder'))) {
      leave(box, { argv: process.argv, workingDirectory: process.cwd(), additionalData });
      return false;
    }
    for (const name of letters(box)) rmSync(join(box, name), { force: true });
    // Listening to letters must not keep an app alive that has nothing else to do.
    this.#watcher = watch(box, { persistent: false }, () => this.#read(box));
    return true;
  }

  release(): void {
    if (!this.#watcher) return;
    this.#watcher.close();
    this.#watcher = undefined;
    rmSync(join(this.#directory(), 'standin-instance', 'holder'), { force: true });
  }

  #read(box: string): void {
    for (const name of letters(box)) {
      const path = join(box, name);
      const letter = JSON.parse(readFileSync(path, 'utf8')) as Letter;
      rmSync(path);
      this.#onSecond(letter);
    }
  }
}

function takeLock(path: string): boolean {
  const identity = processIdentity(process.pid) ?? String(process.pid);
  for (;;) {
    try {
      symlinkSync(identity, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    if (holder !== undefined && isAlive(holder)) return holder === identity;
    rmSync(path, { force: true });
  }
}

function readHolder(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // Released between our attempt and now.
    return undefined;
  }
}

function leave(box: string, letter: Letter): void {
  const path = join(box, randomUUID());
  // What a second launch was asked to open may hold a secret.
  writeFileSync(path, JSON.stringify(letter), { mode: 0o600 });
  // Renamed when complete: the holder never reads half a letter.
  renameSync(path, `${path}.letter`);
}

function letters(box: string): string[] {
  return readdirSync(box).filter((name) => name.endsWith('.letter'));
}
