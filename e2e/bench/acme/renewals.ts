import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AcmeClient } from '../../../electron/acme/client.ts';
import { systemClock } from '../../../electron/acme/clock.ts';
import type { DomainProof } from '../../../electron/acme/domain-proof.ts';
import { inParallel } from '../../../electron/acme/in-parallel.ts';
import {
  obtainCertificate,
  type ObtainedCertificate,
} from '../../../electron/acme/obtain-certificate.ts';
import { createHttpClient } from '../../../electron/http/create-http-client.ts';
import { renewDue } from '../../../electron/renewal/renewal-schedule.ts';
import { newRenewal } from '../../../electron/renewal/renewal-state.ts';
import { RenewalMap } from '../../../electron/renewal/renewal-store.ts';
import type { Figure } from '../figures.ts';
import { FloorClient } from './floor.ts';
import { floorTarget } from './floor-connection.ts';
import { newSigner, report } from './warm-ours.ts';

const count = 1_000;
const atOnce = 8;
const day = 24 * 60 * 60_000;

interface Authority {
  readonly directoryUrl: string;
  readonly rootPem: string;
}

/** A thousand certificates that their CA wants renewed at once, beside as many new ones by the lower bound. */
export async function measureRenewals(): Promise<readonly Figure[]> {
  const pages = new Map<string, string>();
  const server = await servePages(pages);
  const names = Array.from({ length: count }, (_, at) => `service-${at}.example.test`);
  const { port } = server.address() as AddressInfo;
  const [authority, stop] = await startAuthority(port, names);
  const http = createHttpClient({ rootsFor: () => [authority.rootPem], offerHttp2: false });
  try {
    const { directoryUrl } = authority;
    const client = await AcmeClient.connect({ http, directoryUrl, signer: newSigner() });
    await client.account.newAccount({ termsOfServiceAgreed: true });
    const renewed = await renewAll(client, names, believable(pages));
    const bound = await lowerBound(authority, names, pages);
    return [
      ...renewed,
      one(`${count} certificates, lower bound, ${atOnce} at a time`, 'ms', bound),
      one('Countersign : lower bound', 'ratio', (renewed[0]?.values[0] ?? Number.NaN) / bound),
    ];
  } finally {
    http.close();
    stop();
    server.close();
  }
}

const one = (name: string, unit: Figure['unit'], value: number): Figure => ({
  name,
  unit,
  values: [value],
});

async function renewAll(
  client: AcmeClient,
  names: readonly string[],
  proof: DomainProof,
): Promise<readonly Figure[]> {
  const obtain = (name: string, replaces?: string): Promise<ObtainedCertificate> =>
    obtainCertificate(client, {
      identifiers: [{ type: 'dns', value: name }],
      key: { signer: () => Promise.resolve(newSigner()) },
      proofs: [proof],
      ...(replaces !== undefined && { replaces }),
      report,
    });
  const identifiers = new Map<string, string | undefined>();
  await together(names, async (name) => {
    identifiers.set(name, (await obtain(name)).certificateIdentifier);
  });
  const now = Date.now();
  const moment = { now: new Date(now), random: Math.random };
  const fallback = window(now + day, now + 2 * day);
  const store = new RenewalMap(
    names.map((id) => {
      const certificateIdentifier = identifiers.get(id);
      const notAfter = new Date(now + 3 * day);
      // Issued a moment ago, they would be held back for an hour: for the figures they are a day old.
      const renewal = { certificateIdentifier, notAfter, issuedAt: new Date(now - day), fallback };
      return { id, state: newRenewal(renewal, moment) };
    }),
  );
  let running = 0;
  let most = 0;
  const memory = { least: Infinity, most: 0 };
  const started = performance.now();
  await renewDue(
    {
      store,
      ask: ({ state }, signal) =>
        client.renewalInfo.fetch(state.certificateIdentifier ?? '', signal),
      renew: async ({ id, state }) => {
        running += 1;
        most = Math.max(most, running);
        await obtain(id, state.certificateIdentifier ?? undefined);
        running -= 1;
        const held = process.memoryUsage.rss();
        memory.least = Math.min(memory.least, held);
        memory.most = Math.max(memory.most, held);
      },
      concurrency: atOnce,
      clock: systemClock,
      random: Math.random,
      report: ({ id }, error) => report(id, error),
    },
    new AbortController().signal,
  );
  const wall = performance.now() - started;
  if (store.size > 0) throw new Error(`${store.size} were not renewed`);
  return [
    one(`${count} renewals due at once, each asked about and replaced`, 'ms', wall),
    one('of them at the same time, at most', 'count', most),
    one('memory gained while they ran', 'MB', (memory.most - memory.least) / 2 ** 20),
    one('drawn into the fullest hundredth of a window', 'count', fullestHundredth(moment)),
  ];
}

const window = (start: number, end: number) => ({
  start: new Date(start).toISOString(),
  end: new Date(end).toISOString(),
});

/** How evenly moments are drawn: ten of a thousand would be the mean. */
function fullestHundredth(moment: { readonly now: Date; readonly random: () => number }): number {
  const now = moment.now.getTime();
  const parts = new Array<number>(100).fill(0);
  const fallback = window(now, now + day);
  for (let at = 0; at < count; at += 1) {
    const notAfter = new Date(now + 2 * day);
    const { renewAt } = newRenewal(
      { certificateIdentifier: undefined, notAfter, fallback },
      moment,
    );
    const part = Math.min(99, Math.floor(((Date.parse(renewAt) - now) / day) * 100));
    parts[part] = (parts[part] ?? 0) + 1;
  }
  return Math.max(...parts);
}

async function lowerBound(
  { directoryUrl, rootPem }: Authority,
  names: readonly string[],
  pages: Map<string, string>,
): Promise<number> {
  const open = () =>
    FloorClient.open(floorTarget(directoryUrl, rootPem), (token, keyAuthorization) =>
      pages.set(pathOf(token), keyAuthorization),
    );
  const idle = await Promise.all(Array.from({ length: atOnce }, open));
  const started = performance.now();
  await together(names, async (name) => {
    const client = idle.pop() ?? (await open());
    await client.order(name);
    idle.push(client);
  });
  const wall = performance.now() - started;
  for (const client of idle) client.close();
  return wall;
}

const together = (names: readonly string[], work: (name: string) => Promise<void>): Promise<void> =>
  inParallel(names, work, { limit: atOnce });

const pathOf = (token: string): string => `/.well-known/acme-challenge/${token}`;

const believable = (pages: Map<string, string>): DomainProof => ({
  type: 'http-01',
  suits: () => true,
  prepare: ({ challenge, keyAuthorization = '' }) => {
    const path = pathOf(challenge.token ?? '');
    pages.set(path, keyAuthorization);
    return Promise.resolve(() => Promise.resolve(void pages.delete(path)));
  },
});

async function servePages(pages: ReadonlyMap<string, string>): Promise<Server> {
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function startAuthority(
  httpPort: number,
  names: readonly string[],
): Promise<readonly [Authority, () => void]> {
  const program = fileURLToPath(new URL('ca-program.ts', import.meta.url));
  const child = spawn(process.execPath, [program, String(httpPort), names.join(',')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    return [JSON.parse(line) as Authority, () => void child.kill()];
  }
  throw new Error('the CA did not start');
}
