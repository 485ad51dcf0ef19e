import type { Figure } from '../figures.ts';
import { bundleOurs } from './bundled.ts';
import { farAway } from './delayed.ts';
import { roundTrip } from './distance.ts';
import { figuresOfRuns } from './figures-of-races.ts';
import { startMeasuredPebble } from './pebble-under-load.ts';
import { acmeClient, bareNode, certbot, lego } from './peers.ts';
import { raceProcesses } from './whole-process.ts';

const rounds = 7;
const roundsFarAway = 3;

/** One certificate by a whole process, beside the clients that people use. */
export async function measureProcesses(): Promise<readonly Figure[]> {
  const pebble = await startMeasuredPebble();
  const far = await farAway(pebble.port, roundTrip);
  const ours = await bundleOurs();
  const peers = [ours.contender, lego, acmeClient, certbot];
  try {
    const near = await raceProcesses([...peers, bareNode], { pebble, rounds });
    const directoryUrl = `https://localhost:${far.port}/dir`;
    const away = await raceProcesses(peers, { pebble, rounds: roundsFarAway, directoryUrl });
    return [
      ...figuresOfRuns('one certificate', near),
      ...figuresOfRuns(`the same ${roundTrip} ms away`, away),
    ];
  } finally {
    await ours.remove();
    far.stop();
    await pebble.stop();
  }
}
