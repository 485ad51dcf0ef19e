import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport } from '../acme/transport.ts';
import type { Transport } from '../acme/transport.ts';
import { main } from '../main.ts';
import type { LocalServer } from './local-server.ts';

export type Told = { readonly id: string; readonly verdict: string; readonly came: string };

export type SuiteRun = {
  readonly exit: number;
  readonly text: string;
  readonly warnings: string;
  readonly results: readonly Told[];
  readonly report: Readonly<Record<string, unknown>>;
};

export type SuiteRunOptions = {
  readonly parameters?: readonly string[];
  /** Puts itself between the suite and the server. */
  readonly between?: (transport: Transport) => Transport;
};

/** Runs the whole command against the local server, whose clock goes on when the suite waits. */
export async function runAgainst(
  { ca, folder, credentialsFile, rootFile }: LocalServer,
  { parameters = [], between = (transport) => transport }: SuiteRunOptions = {},
): Promise<SuiteRun> {
  const printed: string[] = [];
  const complaints: string[] = [];
  const json = join(folder, 'report.json');
  const files = ['--credentials', credentialsFile, '--root', rootFile, '--json', json];
  const exit = await main(['--directory', ca.directoryUrl, ...files, ...parameters], {
    print: (text) => void printed.push(text),
    complain: (text) => void complaints.push(text),
    now: () => ca.clock().getTime(),
    wait(milliseconds) {
      ca.clock.advance(milliseconds / 1000);
      // What the server does in the meantime takes real time.
      return new Promise((resolve) => setTimeout(resolve, 100));
    },
    transport: (roots) => between(createTransport(roots)),
  });
  const report = JSON.parse(readFileSync(json, 'utf8')) as SuiteRun['report'];
  const results = report['results'] as readonly Told[];
  return { exit, text: printed.join('\n'), warnings: complaints.join('\n'), results, report };
}
