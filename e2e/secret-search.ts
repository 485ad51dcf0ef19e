import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';

/** A text as programs have it in memory and in files. */
function spellingsOf(text: string): readonly Buffer[] {
  const octets = Buffer.from(text);
  const base64 = [0, 1, 2].map((shift) => {
    // Three ways to begin, by what stands before it; the ends, which its neighbours share, are left out.
    const encoded = Buffer.concat([Buffer.alloc(shift), octets]).toString('base64');
    return encoded.slice(Math.ceil((shift * 4) / 3), -4);
  });
  const texts = [text, ...base64, octets.toString('hex'), octets.join(',')];
  return texts.flatMap((each) => [Buffer.from(each), Buffer.from(each, 'utf16le')]);
}

/** Files below a folder in which the text is. */
export async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return has(await readFile(path), text) ? [path] : [];
      }),
  );
  return found.flat();
}

export function has(octets: Buffer, text: string): boolean {
  return spellingsOf(text).some((spelling) => octets.includes(spelling));
}

/** All that is alive in the JavaScript of a page's process, in all its worlds. */
export async function heapOf(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const parts: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => parts.push(chunk));
  // What nobody refers to any more is gone before the snapshot is taken.
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return Buffer.from(parts.join(''));
}

export interface ProcessOfApp {
  readonly id: number;
  readonly command: string;
  /** As in /proc/PID/maps. */
  readonly libraries: string;
}

/** A process and all that it has started. */
export function processesBelow(root: number): readonly ProcessOfApp[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? []);
  const below = (id: number): readonly (ProcessOfApp & { readonly parent: number })[] =>
    all.filter(({ parent }) => parent === id).flatMap((each) => [each, ...below(each.id)]);
  return [...all.filter(({ id }) => id === root), ...below(root)];
}

function processOf(id: number): (ProcessOfApp & { readonly parent: number }) | null {
  try {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const libraries = readFileSync(`/proc/${id}/maps`, 'utf8');
    return { id, command, libraries, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) };
  } catch (error) {
    // It has ended meanwhile.
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

export interface Sighting {
  readonly spelling: 'utf-8' | 'utf-16';
  /** As in /proc/PID/maps: a file, `[heap]`, or nothing. */
  readonly region: string;
  /** What stands around it; the text itself is left out. */
  readonly around: string;
}

const piece = 1 << 24;
const overlap = 1024;

/** Where the text is in what a process can write to. It goes on running meanwhile. */
export function memoryWith(id: number, text: string): readonly Sighting[] {
  const found: Sighting[] = [];
  const memory = openSync(`/proc/${id}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${id}/maps`, 'utf8').split('\n')) {
      const row = /^([0-9a-f]+)-([0-9a-f]+) rw\S* \S+ \S+ \S+\s*(.*)$/.exec(line);
      if (row === null) continue;
      const [, from = '', to = '', region = ''] = row;
      const bounds = [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const;
      found.push(...regionWith(memory, bounds, text).map((each) => ({ ...each, region })));
    }
  } finally {
    closeSync(memory);
  }
  return found;
}

function regionWith(
  memory: number,
  [from, to]: readonly [number, number],
  text: string,
): readonly Omit<Sighting, 'region'>[] {
  const found: Omit<Sighting, 'region'>[] = [];
  const octets = Buffer.allocUnsafe(Math.min(piece, to - from));
  for (let at = from; at < to; at += piece - overlap) {
    try {
      const count = readSync(memory, octets, 0, Math.min(octets.length, to - at), at);
      found.push(...sightings(octets.subarray(0, count), text));
    } catch (error) {
      // Pages that are reserved and not there.
      if (error instanceof Error && 'code' in error && error.code === 'EIO') continue;
      throw error;
    }
  }
  return found;
}

function sightings(octets: Buffer, text: string): readonly Omit<Sighting, 'region'>[] {
  const spellings = [
    ['utf-8', Buffer.from(text)],
    ['utf-16', Buffer.from(text, 'utf16le')],
  ] as const;
  return spellings.flatMap(([spelling, wanted]) => {
    const found: Omit<Sighting, 'region'>[] = [];
    for (let at = octets.indexOf(wanted); at !== -1; at = octets.indexOf(wanted, at + 1)) {
      const before = printable(octets.subarray(Math.max(0, at - 48), at));
      const after = printable(octets.subarray(at + wanted.length, at + wanted.length + 48));
      found.push({ spelling, around: `${before} … ${after}` });
    }
    return found;
  });
}

const printable = (octets: Buffer): string => octets.toString('latin1').replaceAll(/[^ -~]/g, '·');
