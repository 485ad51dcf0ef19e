import type { Figure } from '../figures.ts';
import { figuresOfBlocks } from './figures-of-races.ts';
import { raceLoops } from './in-process.ts';
import { warmOurs } from './warm-ours.ts';
import { floor, warmAcmeClient } from './warm-peers.ts';

const orders = 200;
const rounds = 3;

/** Many orders in one process, one after the other and eight at once, beside the lower bound and the npm package. */
export async function measureOrders(): Promise<readonly Figure[]> {
  const contenders = [floor, warmOurs, warmAcmeClient];
  const oneByOne = await raceLoops(contenders, { rounds, orders, atOnce: 1 });
  const eight = await raceLoops(contenders, { rounds, orders, atOnce: 8 });
  return [
    ...figuresOfBlocks(`an order of ${orders}, one by one`, oneByOne),
    ...figuresOfBlocks(`an order of ${orders}, eight at once`, eight),
  ];
}
