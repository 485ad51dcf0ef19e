import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentCode } from '../../ca/portal/authenticator.ts';
import { startLocalCa, type LocalCa } from '../../ca/portal/local-ca.ts';
import type { RequestLogEntry } from '../../ca/running-ca.ts';
import type { SessionBus } from '../../electron/testing/session-bus.ts';
import { Screens } from '../screens/screens.ts';
import { launchWallet } from '../wallet-app.ts';
import { readMemory, type Memory } from './memory.ts';

export interface Issuance {
  /** Milliseconds from the click on "Get this credential" to the field for the code. */
  readonly toCode: number;
  /** Milliseconds from the click on "Send code" until the certificate is here; installing not counted. */
  readonly toIssued: number;
  /** Of both, what the CA spent between receiving a request and having answered it. */
  readonly ca: number;
  /** Of both, the rest: the wallet, the page, and the way between. */
  readonly ours: number;
  readonly requests: number;
  readonly memory: Memory;
}

const email = 'alex@example.test';

/** One enrolment through the screens, P-256, with the local CA in this process. */
export async function issue(session: SessionBus): Promise<Issuance> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const localCa = await startLocalCa({ demoPerson: true });
  const handOver = join(folder, 'hand-over.json');
  const handed = { profile: await localCa.profile(), invitation: localCa.invite(email) };
  await writeFile(handOver, JSON.stringify(handed), { mode: 0o600 });
  const { app, page } = await launchWallet({
    env: session.env,
    userData: join(folder, 'wallet'),
    parameters: [`--local-ca=${handOver}`],
  });
  try {
    const { welcome, organization, choose, prove, install } = new Screens(page);
    await welcome.tryLocalCa.click();
    await organization.accept.click();
    await choose.start.waitFor();
    const first = await measured(
      localCa,
      () => choose.start.click(),
      () => prove.code.waitFor(),
    );
    await prove.code.fill(await codeOf(localCa));
    const second = await measured(
      localCa,
      () => prove.send.click(),
      () => certificateFetched(localCa),
    );
    await install.ready.waitFor();
    const ca = first.ca + second.ca;
    return {
      toCode: first.total,
      toIssued: second.total,
      ca,
      ours: first.total + second.total - ca,
      requests: first.requests + second.requests,
      memory: await readMemory(app.process().pid ?? 0),
    };
  } finally {
    await app.close();
    await localCa.ca.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Span {
  readonly total: number;
  readonly ca: number;
  readonly requests: number;
}

async function measured(
  { ca }: LocalCa,
  click: () => Promise<void>,
  done: () => Promise<void>,
): Promise<Span> {
  ca.requestLog.clear();
  const started = performance.now();
  await click();
  await done();
  const total = performance.now() - started;
  const entries: readonly RequestLogEntry[] = ca.requestLog.entries();
  const spent = entries.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return { total, ca: spent, requests: entries.length };
}

async function certificateFetched({ ca }: LocalCa): Promise<void> {
  while (ca.requestLog.count({ resource: 'certificate' }) === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function codeOf({ ca }: LocalCa): Promise<string> {
  const person = ca.people.findByEmail(email);
  if (person === undefined) throw new Error(`${email} is not registered`);
  const { code } = await currentCode(ca.people.totpSetup(person.id), new Date());
  return code;
}
