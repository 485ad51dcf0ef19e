import { readFile } from 'node:fs/promises';
import { startPebble, type Pebble } from '../../../electron/testing/pebble.ts';

/** Pebble as fast as it goes: no sleeps, no refused nonces, every proof believed, nothing authorized twice. */
export interface MeasuredPebble extends Pebble {
  readonly host: string;
  readonly port: number;
  /** PEM of the root that vouches for the server itself. */
  readonly serverRoot: string;
  /** How many requests came since the last call. */
  takeRequests(): number;
}

const requestLine = /-> calling handler\(\)/g;

export async function startMeasuredPebble(): Promise<MeasuredPebble> {
  let requests = 0;
  const pebble = await startPebble({
    environment: {
      PEBBLE_VA_ALWAYS_VALID: '1',
      PEBBLE_WFE_NONCEREJECT: '0',
      PEBBLE_AUTHZREUSE: '0',
    },
    onOutput: (text) => (requests += text.match(requestLine)?.length ?? 0),
  });
  const { hostname, port } = new URL(pebble.directoryUrl);
  return {
    ...pebble,
    host: hostname,
    port: Number(port),
    serverRoot: await readFile(pebble.serverRootFile, 'utf8'),
    takeRequests: () => {
      const seen = requests;
      requests = 0;
      return seen;
    },
  };
}
