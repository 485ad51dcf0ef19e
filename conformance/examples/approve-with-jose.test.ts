import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../acme/objects.ts';
import { createTransport } from '../acme/transport.ts';
import type { Transport } from '../acme/transport.ts';
import { ask } from '../approvals/asking.ts';
import type { Asked } from '../approvals/asking.ts';
import { digestOf } from '../approvals/canonical.ts';
import { verifyReceipt } from '../approvals/receipt.ts';
import { look } from '../approvals/request.ts';
import { readCredentials } from '../credentials/credentials-file.ts';
import { emptyMemory } from '../credentials/memory.ts';
import { startLocalServer } from '../testing/local-server.ts';
import type { LocalServer } from '../testing/local-server.ts';
import { Trial } from '../trial.ts';
import { createWorld } from '../world.ts';

const script = fileURLToPath(new URL('approve-with-jose.mjs', import.meta.url));

type Held = {
  readonly externalAccounts: readonly Json[];
  readonly cert: { readonly chain: string; readonly key: string };
  readonly ppkp: { readonly key: Json };
};

let server: LocalServer;
let transport: Transport;
let folder: string;
let trial: Trial;
let approvers: readonly Held[];

beforeAll(async () => {
  server = await startLocalServer();
  folder = mkdtempSync(join(tmpdir(), 'plain-approver-'));
  const { ca, credentialsFile, rootFile } = server;
  transport = createTransport(readFileSync(rootFile, 'utf8'));
  const world = createWorld({
    ...{ transport, directory: ca.directoryUrl, memory: emptyMemory(ca.directoryUrl) },
    credentials: readCredentials(credentialsFile, () => undefined),
    ...{ now: () => ca.clock().getTime(), wait: () => Promise.resolve(), mostRequests: 1000 },
  });
  trial = new Trial(world);
  const credentials = JSON.parse(readFileSync(credentialsFile, 'utf8')) as {
    readonly approvals: { readonly approvers: readonly Held[] };
  };
  approvers = credentials.approvals.approvers;
});

afterAll(async () => {
  transport.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Writes what an approver is told to write, with one way to prove who they are. */
function configure(name: string, { externalAccounts: [external] }: Held, proof: Json): string {
  const file = join(folder, `${name}.json`);
  const config = {
    ...{
      directory: server.ca.directoryUrl,
      root: server.rootFile,
      account: `${name}-account.json`,
    },
    ...{ externalAccount: external, ...proof },
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function run(...parameters: readonly string[]): Promise<Ended> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: server.rootFile };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...parameters], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

const byKey = (held: Held): Json => ({ key: held.ppkp.key });

/** The chain and the key as files, as a person has them. */
function byCertificate({ cert }: Held): Json {
  writeFileSync(join(folder, 'card.pem'), cert.chain);
  writeFileSync(join(folder, 'card-key.pem'), cert.key, { mode: 0o600 });
  return { certificate: { chain: 'card.pem', key: 'card-key.pem' } };
}

function approver(index: number): Held {
  const held = approvers[index];
  if (held === undefined) throw new Error('there are fewer approvers');
  return held;
}

async function expectReceipt(file: string, asked: Asked, evidence: string): Promise<void> {
  const roots = readFileSync(server.rootFile, 'utf8');
  const receipt = await verifyReceipt(readFileSync(file), { roots });
  expect(receipt).toMatchObject({ decision: 'approve', evidence: { type: evidence } });
  expect(receipt.document['url']).toBe(asked.url);
}

describe('an approver of Node and jose alone', () => {
  it('lists, shows, and approves what was shown, by a key and by a certificate', async () => {
    const asked = await ask(trial, { reason: 'Release 4.2' });
    const first = configure('first', approver(0), byKey(approver(0)));
    const listed = await run(first);
    expect([listed.code, listed.stderr]).toEqual([0, '']);
    expect(listed.stdout).toContain(`${asked.url} pending to be decided by you`);

    const { document } = await look(asked.account, asked.url);
    const digest = digestOf(document);
    const shown = await run(first, asked.url);
    expect(shown.stdout).toContain('reason: "Release 4.2"');
    expect(shown.stdout).toContain(`digest: ${digest}`);

    const [receipt, other] = [join(folder, 'one.p7s'), join(folder, 'two.p7s')];
    const approved = await run(first, asked.url, digest, receipt);
    expect([approved.stderr, approved.code]).toEqual(['', 0]);
    expect((await look(asked.account, asked.url)).status).toBe('pending');
    await expectReceipt(receipt, asked, 'key');

    const second = configure('second', approver(1), byCertificate(approver(1)));
    const finished = await run(second, asked.url, digest, other);
    expect([finished.stderr, finished.code]).toEqual(['', 0]);
    await expectReceipt(other, asked, 'certificate');
    expect((await look(asked.account, asked.url)).status).toBe('approved');
  });

  it('approves nothing but what was shown', async () => {
    const [shown, asked] = [await ask(trial), await ask(trial)];
    const { document } = await look(shown.account, shown.url);
    const third = configure('third', approver(2), byKey(approver(2)));
    const receipt = join(folder, 'none.p7s');
    const ended = await run(third, asked.url, digestOf(document), receipt);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('this is not what was shown');
    expect(existsSync(receipt)).toBe(false);
    expect((await look(asked.account, asked.url)).decisions).toEqual([]);
  });

  it('is one short file that knows node and jose', () => {
    const source = readFileSync(script, 'utf8');
    expect(source.split('\n').length).toBeLessThan(200);
    const known = [...source.matchAll(/from '([^']+)'/g)].map(([, name = '']) => name);
    expect(known.filter((name) => !name.startsWith('node:'))).toEqual(['jose']);
  });
});
