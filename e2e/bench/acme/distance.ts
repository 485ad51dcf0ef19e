import { AcmeClient, type AcmeClientOptions } from '../../../electron/acme/client.ts';
import type { CachedDirectory } from '../../../electron/acme/directory-cache.ts';
import { obtainCertificate } from '../../../electron/acme/obtain-certificate.ts';
import { createHttpClient } from '../../../electron/http/create-http-client.ts';
import type { Figure } from '../figures.ts';
import { believed } from './believed-proof.ts';
import { farAway } from './delayed.ts';
import { startMeasuredPebble } from './pebble-under-load.ts';
import { newSigner, report } from './warm-ours.ts';

/** Milliseconds. */
export const roundTrip = 50;
const repetitions = 7;

/** How often an issuance waits for a server that is far away; what the computer itself takes is less than one round trip. */
export async function measureDistance(): Promise<readonly Figure[]> {
  const pebble = await startMeasuredPebble();
  const far = await farAway(pebble.port, roundTrip);
  try {
    const directoryUrl = `https://localhost:${far.port}/dir`;
    const figures = { unknown: [] as number[], known: [] as number[], warm: [] as number[] };
    const directories = new Map<string, CachedDirectory>();
    const account = await openAccount({ directoryUrl, directories, root: pebble.serverRoot });
    for (let at = 0; at < repetitions; at += 1) {
      for (const cache of [undefined, directories]) {
        const http = createHttpClient({ rootsFor: () => [pebble.serverRoot] });
        const options = { ...account, http, ...(cache && { directories: cache }) };
        let client: AcmeClient | undefined;
        const cold = await milliseconds(async () => {
          client = await AcmeClient.connect(options);
          await issue(client, `cold-${at}`);
        });
        figures[cache ? 'known' : 'unknown'].push(cold);
        if (client && cache) {
          const warm = client;
          figures.warm.push(await milliseconds(() => issue(warm, `warm-${at}`)));
        }
        http.close();
      }
    }
    return [
      ...twoFigures('existing account', figures.unknown),
      ...twoFigures('the same, directory known', figures.known),
      ...twoFigures('the same, connection and nonce at hand', figures.warm),
    ];
  } finally {
    far.stop();
    await pebble.stop();
  }
}

interface Place {
  readonly directoryUrl: string;
  readonly directories: Map<string, CachedDirectory>;
  readonly root: string;
}

async function openAccount({
  directoryUrl,
  directories,
  root,
}: Place): Promise<Omit<AcmeClientOptions, 'http'>> {
  const http = createHttpClient({ rootsFor: () => [root] });
  const signer = newSigner();
  const client = await AcmeClient.connect({ http, directoryUrl, signer, directories });
  await client.account.newAccount({ termsOfServiceAgreed: true });
  http.close();
  return { directoryUrl, signer, accountUrl: client.accountUrl ?? '' };
}

async function issue(client: AcmeClient, name: string): Promise<void> {
  await obtainCertificate(client, {
    identifiers: [{ type: 'dns', value: `${name}.example.com` }],
    key: { signer: () => Promise.resolve(newSigner()) },
    proofs: [believed],
    report,
  });
}

async function milliseconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const twoFigures = (name: string, values: readonly number[]): readonly Figure[] => [
  { name: `${roundTrip} ms away, ${name}`, unit: 'ms', values },
  {
    name: `${roundTrip} ms away, ${name}: time in round trips`,
    unit: 'ratio',
    values: values.map((value) => value / roundTrip),
  },
];
