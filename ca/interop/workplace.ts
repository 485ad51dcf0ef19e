import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CaOptions, RunningCa } from '../running-ca.ts';
import { startCa } from '../server.ts';
import { run, type Ran } from './programs.ts';

/**
 * Our CA, and around it what the world looks like to it and its clients: a DNS server that says
 * 127.0.0.1 for every name and any TXT record it was told, and ports that are free.
 */
export type Workplace = {
  readonly ca: RunningCa;
  readonly folder: string;
  /** PEM file of the CA's root. */
  readonly root: string;
  /** Where http-01 looks. */
  readonly httpPort: number;
  /** `address:port` of the DNS server. */
  readonly resolver: string;
  /** An executable that sets and clears TXT records, for lego's and certbot's hooks. */
  readonly dnsHook: string;
  /** A fresh external account key. */
  externalAccount(): { readonly kid: string; readonly macKey: string };
  stop(): Promise<void>;
};

export async function openWorkplace(options: CaOptions = {}): Promise<Workplace> {
  const folder = mkdtempSync(join(tmpdir(), 'acme-interop-'));
  const [httpPort, dnsPort, managementPort] = await freePorts(3);
  const dns = await startDns(dnsPort, managementPort);
  const ca = await startCa({
    httpPort,
    dnsServer: `127.0.0.1:${dnsPort}`,
    validationRetrySeconds: [0.2],
    ...options,
  });
  const root = join(folder, 'root.pem');
  writeFileSync(root, ca.rootPem);
  return {
    ca,
    folder,
    root,
    httpPort,
    resolver: `127.0.0.1:${dnsPort}`,
    dnsHook: writeDnsHook(folder, managementPort),
    externalAccount: () => ca.people.invite({ for: { service: 'interoperability test' } }),
    async stop() {
      await ca.stop();
      await end(dns);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePorts(count: 3): Promise<[number, number, number]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      return address.port;
    }),
  );
  for (const server of servers) server.close();
  return ports as [number, number, number];
}

async function startDns(port: number, managementPort: number): Promise<ChildProcess> {
  const off = ['-http01', '', '-https01', '', '-tlsalpn01', ''];
  const server = spawn(
    'setpriv',
    [
      // A killed test run leaves none behind.
      ...['--pdeathsig', 'KILL', 'pebble-challtestsrv'],
      ...off,
      ...['-dns01', `127.0.0.1:${port}`],
      ...['-management', `127.0.0.1:${managementPort}`],
      ...['-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''],
    ],
    { stdio: 'ignore' },
  );
  for (let attempt = 0; attempt < 200 && server.exitCode === null; attempt += 1) {
    const { code } = await setTxt(managementPort, 'ready.test', 'yes');
    if (code === 0) return server;
    await delay(50);
  }
  await end(server);
  throw new Error('pebble-challtestsrv does not answer');
}

function setTxt(managementPort: number, name: string, value: string): Promise<Ran> {
  const record = JSON.stringify({ host: `${name}.`, value });
  return run('curl', ['-sf', '-d', record, `http://127.0.0.1:${managementPort}/set-txt`]);
}

// lego calls it as `present|cleanup <name> <value>`, certbot with CERTBOT_… variables.
function writeDnsHook(folder: string, managementPort: number): string {
  const path = join(folder, 'dns-hook');
  const script = `#!/bin/sh
set -eu
if [ -n "\${CERTBOT_DOMAIN-}" ]; then
  set -- "\${CERTBOT_AUTH_OUTPUT+cleanup}" "_acme-challenge.$CERTBOT_DOMAIN." "$CERTBOT_VALIDATION"
fi
if [ "$1" = cleanup ]; then verb=clear-txt; else verb=set-txt; fi
exec curl -sf -d "{\\"host\\":\\"$2\\",\\"value\\":\\"$3\\"}" "http://127.0.0.1:${managementPort}/$verb"
`;
  writeFileSync(path, script, { mode: 0o700 });
  return path;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
