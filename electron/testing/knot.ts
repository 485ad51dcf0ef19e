import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DnsServer } from '../domain-proofs/dns-transport.ts';
import { TsigKey, type TsigAlgorithm } from '../domain-proofs/tsig.ts';
import { freePorts, startServerProgram, temporaryDirectory } from './server-program.ts';

export interface Knot {
  readonly server: DnsServer;
  /** `address:port`. */
  readonly address: string;
  /** May change all zones. */
  readonly key: TsigKey;
  /** What kdig sees: the values of the TXT records at the name. */
  texts(name: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface KnotOptions {
  /** Zone by name, and the lines that it starts with besides SOA and NS. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  readonly algorithm?: TsigAlgorithm;
}

/** The name of the key that may change the zones; others are `unknown` to the server. */
export const knotKeyName = 'countersign.test';

/** Starts an authoritative name server of other people, which takes updates that are signed with a key. */
export async function startKnot({ zones, algorithm = 'hmac-sha256' }: KnotOptions): Promise<Knot> {
  const directory = await temporaryDirectory('knot');
  const [port = 0] = await freePorts(1);
  const secret = randomBytes(32).toString('base64');
  for (const [zone, lines] of Object.entries(zones)) {
    await writeFile(join(directory.path, `${zone}.zone`), zoneFile(zone, lines));
  }
  const names = Object.keys(zones);
  const settings = configuration({ path: directory.path, port, algorithm, secret, names });
  await writeFile(join(directory.path, 'knot.conf'), settings);
  const kdig = (name: string, type: string): Promise<string> => ask(port, name, type);
  const stop = await startServerProgram({
    command: '/usr/sbin/knotd',
    arguments: ['-c', 'knot.conf'],
    debianPackage: 'knot',
    directory: directory.path,
    ready: async () => (await kdig(names[0] ?? '.', 'SOA')) !== '',
  });
  return {
    server: { host: '127.0.0.1', port },
    address: `127.0.0.1:${port}`,
    key: new TsigKey({ name: knotKeyName, algorithm, secret }),
    texts: async (name) =>
      (await kdig(name, 'TXT'))
        .split('\n')
        .filter((line) => line.startsWith('"'))
        .map((line) => line.slice(1, -1).replaceAll('" "', '')),
    stop: async () => {
      await stop();
      await directory.remove();
    },
  };
}

async function ask(port: number, name: string, type: string): Promise<string> {
  const where = ['@127.0.0.1', '-p', String(port), '+short', '+time=2', '+retry=0'];
  const { stdout } = await promisify(execFile)('kdig', [...where, name, type]);
  return stdout.trim();
}

const zoneFile = (zone: string, lines: readonly string[]): string =>
  [
    `$ORIGIN ${zone}.`,
    '$TTL 60',
    '@ SOA ns hostmaster 1 3600 600 86400 60',
    '@ NS ns',
    'ns A 127.0.0.1',
    ...lines,
    '',
  ].join('\n');

const configuration = (settings: {
  readonly path: string;
  readonly port: number;
  readonly algorithm: string;
  readonly secret: string;
  readonly names: readonly string[];
}): string =>
  [
    `server:\n  rundir: "${settings.path}"\n  listen: 127.0.0.1@${settings.port}`,
    // One thread of each kind: a test has one question at a time.
    '  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1',
    `database:\n  storage: "${settings.path}"`,
    'log:\n  - target: stderr\n    any: info',
    `key:\n  - id: ${knotKeyName}\n    algorithm: ${settings.algorithm}\n    secret: ${settings.secret}`,
    `acl:\n  - id: update\n    action: update\n    key: ${knotKeyName}`,
    `template:\n  - id: default\n    storage: "${settings.path}"\n    file: "%s.zone"\n    acl: update\n    zonefile-sync: -1`,
    `zone:\n${settings.names.map((name) => `  - domain: ${name}`).join('\n')}\n`,
  ].join('\n');
