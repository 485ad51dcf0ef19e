import { startMeasuredPebble, type MeasuredPebble } from './pebble-under-load.ts';

/** A client that stays: connected, with an account, warm. */
export interface WarmClient {
  /** One new key, one certificate, PEM. */
  order(name: string): Promise<string>;
  close(): void;
}

export interface WarmContender {
  readonly name: string;
  readonly open: (pebble: MeasuredPebble) => Promise<WarmClient>;
}

/** What a block of orders cost each of them, in milliseconds. */
export interface Block {
  readonly wall: number;
  /** Of this process alone: Pebble's own is not counted. */
  readonly processor: number;
}

export interface Blocks {
  readonly name: string;
  readonly blocks: readonly Block[];
}

interface Load {
  readonly rounds: number;
  /** Orders in a block. */
  readonly orders: number;
  /** How many at a time. */
  readonly atOnce: number;
}

/** Milliseconds after which a block is given up: Pebble 2.4 can lock itself up when it is asked by many at once. */
const patience = 60_000;
const mostRestarts = 3;

/** Blocks of orders by each contender in turn, all in this process. */
export async function raceLoops(
  contenders: readonly WarmContender[],
  load: Load,
): Promise<readonly Blocks[]> {
  const results = contenders.map(({ name }) => ({ name, blocks: [] as Block[] }));
  for (let round = 0; round <= load.rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const block = await measureBlock(contender, load, `${index}-${round}`);
      // The first round is for the compiler.
      if (round > 0) results[index]?.blocks.push(block);
    }
  }
  return results;
}

async function measureBlock(contender: WarmContender, load: Load, label: string): Promise<Block> {
  for (let restarts = 0; ; restarts += 1) {
    // A Pebble of its own for every block: it grows slower with what it remembers.
    const pebble = await startMeasuredPebble();
    try {
      return await withWatchdog(runBlock(contender, pebble, load, label));
    } catch (error) {
      if (!(error instanceof LockedUp) || restarts === mostRestarts) throw error;
      console.log(`Pebble locked up under ${contender.name}; the block is run again`);
    } finally {
      await pebble.stop();
    }
  }
}

async function runBlock(
  contender: WarmContender,
  pebble: MeasuredPebble,
  { orders, atOnce }: Load,
  label: string,
): Promise<Block> {
  const client = await contender.open(pebble);
  try {
    const warming = Array.from({ length: atOnce }, (_, at) => `warm-${label}-${at}.example.com`);
    await Promise.all(warming.map((name) => client.order(name)));
    const names = Array.from({ length: orders }, (_, at) => `order-${label}-${at}.example.com`);
    const started = performance.now();
    const before = process.cpuUsage();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let name = names.pop(); name !== undefined; name = names.pop()) {
          const pem = await client.order(name);
          if (!pem.startsWith('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate');
        }
      }),
    );
    const { user, system } = process.cpuUsage(before);
    const wall = performance.now() - started;
    return { wall: wall / orders, processor: (user + system) / 1000 / orders };
  } finally {
    client.close();
  }
}

class LockedUp extends Error {}

async function withWatchdog<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const bark = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LockedUp()), patience);
  });
  try {
    return await Promise.race([work, bark]);
  } finally {
    clearTimeout(timer);
  }
}
