// `npm run bench [part ...]`: what it costs, measured on this machine, as tables and as JSON; a whole run also writes docs/benchmarks.md.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { measureDistance } from './acme/distance.ts';
import { measureListing } from './acme/listing.ts';
import { measureOrders } from './acme/orders.ts';
import { measureProcesses } from './acme/processes.ts';
import { measureRenewals } from './acme/renewals.ts';
import { table, type Figure } from './figures.ts';
import { measureTokens } from './tokens/tokens.ts';
import { measureWallet } from './wallet.ts';

interface Part {
  readonly title: string;
  readonly about: string;
  readonly measure: () => Promise<readonly Figure[]>;
}

const parts: Readonly<Record<string, Part>> = {
  wallet: {
    title: 'The wallet',
    about:
      'Over the stand-in (headless Chromium). The peer of the start is the least app that the same host can start: one window with one line of text, started in turn with the wallet.',
    measure: measureWallet,
  },
  tokens: {
    title: 'Keys on tokens',
    about:
      'Ours is what a flow calls: a signer over the token process, with the message there and back and the signature checked; its peer is pkcs11js with the key’s handle at hand, which checks nothing, at the same token and key (SoftHSM; tpm2-pkcs11 over swtpm). Pairs ran in turn, single signatures each, so both find processors as idle as a flow does; a message alone shows what no process of its own can go below. For RSA key pairs the peer is C_GenerateKeyPair as it took within ours, for two searches for primes are never alike. A card is put in by the double of a module, whose event the figures start with, into the app on the stand-in.',
    measure: measureTokens,
  },
  processes: {
    title: 'One certificate by a whole process',
    about:
      'P-256, Pebble without sleeps and refused nonces, which is told to believe every proof. Each round starts every client in turn, with a new account and then with that account. Ours is the bundled client with Node’s compile cache, over HTTP/1.1 as the others (HTTP/2 is offered by default); memory is that of the largest process.',
    measure: measureProcesses,
  },
  orders: {
    title: 'Many orders in one process',
    about:
      'Milliseconds an order, account and connection at hand. The lower bound is the fewest requests that RFC 8555 allows over a TLS socket, with a request built by hand and no checks. Ours speaks HTTP/1.1 as the others do. Processor time is that of the client’s process alone.',
    measure: measureOrders,
  },
  distance: {
    title: 'A server that is far away',
    about: 'In process, behind a proxy that delays everything by half a round trip each way.',
    measure: measureDistance,
  },
  renewals: {
    title: 'A thousand renewals',
    about: 'At the project’s CA in a process of its own, which validates every proof.',
    measure: measureRenewals,
  },
  listing: {
    title: 'A long list',
    about: 'Every certificate is read in full, with the facts that a row shows.',
    measure: measureListing,
  },
};

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

interface Measured {
  readonly title: string;
  readonly about: string;
  readonly figures: readonly Figure[];
}

async function bench(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => parts[name] === undefined);
  if (unknown.length > 0) {
    throw new Error(`there is no ${unknown.join(', ')}; parts: ${Object.keys(parts).join(', ')}`);
  }
  const measured: Measured[] = [];
  for (const [name, { title, about, measure }] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const figures = await measure();
    console.log(`\n${title}\n\n${table(figures)}`);
    measured.push({ title, about, figures });
  }
  await save(measured);
  if (names.length === 0) await writePage(measured);
}

async function save(measured: readonly Measured[]): Promise<void> {
  const output = join(project, 'bench-output');
  await mkdir(output, { recursive: true });
  await writeFile(
    join(output, 'bench.json'),
    JSON.stringify({ machine: machine(), measured }, null, 2),
  );
  console.log('\nThe single values are in bench-output/bench.json.');
}

async function writePage(measured: readonly Measured[]): Promise<void> {
  const { processor, cores, node } = machine();
  const page = [
    '# Benchmarks',
    `Made by \`npm run bench\` on ${cores} cores (${processor}), Node ${node}. All contenders of a table ran in turn in the same run; read the ratios, not the milliseconds.`,
    ...measured.flatMap(({ title, about, figures }) => [`## ${title}`, about, table(figures)]),
  ].join('\n\n');
  const file = join(project, 'docs', 'benchmarks.md');
  const options = await resolveConfig(file);
  await writeFile(file, await format(page, { ...options, parser: 'markdown' }));
  console.log((await readFile(file, 'utf8')).split('\n', 1)[0], '→ docs/benchmarks.md');
}

const machine = () => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.versions.node,
});

await bench(process.argv.slice(2));
