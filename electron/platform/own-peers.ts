import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';

/** A connection of two ports of 127.0.0.1. */
export interface LoopbackEnds {
  readonly peerPort: number;
  readonly ownPort: number;
}

/** Whether the process at the other end belongs to whoever this one belongs to. */
export type IsOwnPeer = (ends: LoopbackEnds) => Promise<boolean>;

/**
 * Undefined where it needs no asking: on Linux alone everybody on a computer can read the command line of a browser, and with
 * it the address that it was told to open.
 */
export function ownPeers(): IsOwnPeer | undefined {
  const user = process.getuid?.();
  if (process.platform !== 'linux' || user === undefined) return undefined;
  return async (ends) => {
    const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readTable));
    // In a sandbox that shows nobody its connections, nobody could be told apart.
    if (tables.every((table) => table === null)) return true;
    return tables.some((table) => table !== null && ownerIn(table, ends) === user);
  };
}

/** `null`: the computer speaks no such protocol, or does not show it. */
async function readTable(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    const isHidden = error instanceof Error && 'code' in error && hiding.includes(error.code);
    if (isHidden) return null;
    throw error;
  }
}

const hiding: readonly unknown[] = ['ENOENT', 'EACCES', 'EPERM'];

const loopback = endianness() === 'LE' ? '0100007F' : '7F000001';
const mapped = endianness() === 'LE' ? 'FFFF0000' : '0000FFFF';

/** proc_net_tcp(5): the user of the socket whose local end is the peer's; an IPv6 socket may hold an IPv4 address. */
export function ownerIn(table: string, { peerPort, ownPort }: LoopbackEnds): number | undefined {
  const isEnd = (text: string | undefined, port: number): boolean => {
    const [address = '', found] = text?.split(':') ?? [];
    const isHere = address === loopback || address === `${'0'.repeat(16)}${mapped}${loopback}`;
    return isHere && found === port.toString(16).toUpperCase().padStart(4, '0');
  };
  for (const line of table.split('\n').slice(1)) {
    const [, local, remote, , , , , user] = line.trim().split(/\s+/);
    if (isEnd(local, peerPort) && isEnd(remote, ownPort)) return Number(user);
  }
  return undefined;
}
