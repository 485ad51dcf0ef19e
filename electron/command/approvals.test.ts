import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import { failureTranslator } from '../ipc/to-failure.ts';
import {
  ApprovalWorld,
  corporation,
  organizationId,
  type Colleague,
} from '../testing/approval-world.ts';
import { orderDocument } from '../testing/approval-samples.ts';
import { SessionBus } from '../testing/session-bus.ts';
import { approve } from './approvals-approve.ts';
import { CommandError } from './command-error.ts';
import { Output } from './output.ts';
import type { CommandRooms } from './rooms.ts';
import { runCommand } from './run-command.ts';

let bus: SessionBus;
let world: ApprovalWorld;
let kim: Colleague;
let folder: string;

beforeAll(async () => {
  bus = await SessionBus.start({ secretService: 'unlocked', ofThisProcess: true });
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', bus.env['DBUS_SESSION_BUS_ADDRESS']);
  world = await ApprovalWorld.start();
  kim = await world.hire('Kim');
  const { id = '' } = world.ca.organizations.findByName(corporation) ?? {};
  world.ca.organizations.addMember(id, `person:${kim.person.id}`, 'auditor');
  folder = await mkdtemp(join(tmpdir(), 'countersign-approvals-command-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await world[Symbol.asyncDispose]();
  await bus.stop();
  vi.unstubAllEnvs();
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** `typed`: what somebody types at the terminal; nobody sits at one when it is not given. */
function roomsFor(said: { out: string; error: string }, isJson: boolean, typed?: string) {
  const streams = {
    out: (text: string) => void (said.out += text),
    error: (text: string) => void (said.error += text),
    unread: new AbortController().signal,
  };
  const rooms: CommandRooms = {
    output: new Output(streams, isJson),
    signal: new AbortController().signal,
    now: () => new Date(),
    // It stays open for the next command.
    openHouse: () => ({ ...kim.house, close: () => Promise.resolve() }),
    openTokens: () => kim.house.tokens,
    linesOf: () => ({ next: () => Promise.resolve(null) }),
    ...(typed !== undefined && {
      typedInSight: { next: () => Promise.resolve(Buffer.from(typed)) },
    }),
    toFailure: failureTranslator((error) => world.troubles.push(error)),
  };
  return { rooms, streams };
}

async function run(words: readonly string[], typed?: string): Promise<Ended> {
  const said = { out: '', error: '' };
  const { rooms, streams } = roomsFor(said, words.includes('--json'), typed);
  const code = await runCommand(['approvals', ...words], {
    ...{ version: '0', streams, roomsFor: () => rooms, toFailure: rooms.toFailure },
  });
  return { code, ...said };
}

async function asked<T>(...words: readonly string[]): Promise<T> {
  const { code, out, error } = await run([...words, '--json']);
  expect(error).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as T;
}

interface Request {
  readonly url: string;
  readonly status: string;
  readonly digest: string;
  readonly mayDecide: boolean;
  readonly link: string;
  readonly messages: readonly object[];
}
interface Receipt {
  readonly receiptId: string;
  readonly request: string;
  readonly decision: string;
}

const show = (url: string): Promise<Request> => asked('show', url);

/** The CA lets a person register a key who has proven who they are, e.g. for a certificate of their own. */
async function registerKey(): Promise<void> {
  const { enrollments, registrations } = kim.house;
  const { enrollmentId } = await enrollments.start({ organizationId, offerId: 'wifi' });
  const state = () => enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  const passkey = await vi.waitUntil(() => passkeyIn(state()), { timeout: 30_000 });
  const answer = { by: 'passkey', way: 'window' } as const;
  await enrollments.answer({ enrollmentId, challengeId: passkey.challengeId, answer });
  await vi.waitUntil(() => state()?.step === 'done', { timeout: 30_000 });
  await registrations.registerKey({ organizationId, keyPlace: { in: 'software' } });
}

const passkeyIn = (state?: EnrollmentState) =>
  state?.step === 'proving'
    ? state.authorizations
        .flatMap(({ challenges }) => challenges)
        .find(({ kind }) => kind === 'passkey')
    : undefined;

describe('countersign approvals, before there is a key', () => {
  it('says that passkeys are for screens', async () => {
    const request = await world.request();
    const { digest } = await show(request);
    const { rooms } = roomsFor({ out: '', error: '' }, false);
    const act = { act: 'approve', request, digest, acceptFinalTry: false } as const;
    const attempt = approve(act, rooms, { whole: 0, between: 1 });
    await expect(attempt).rejects.toThrow(/passkeys are for screens/);
    await expect(attempt).rejects.toBeInstanceOf(CommandError);
  });
});

describe('countersign approvals', () => {
  beforeAll(registerKey);

  it('lists and shows what is to be decided', async () => {
    const url = await world.request('Contracts „of“ this winter');
    const { approvals } = await asked<{ approvals: readonly Request[] }>(
      'list',
      '--status',
      'pending',
    );
    expect(approvals.find((each) => each.url === url)).toMatchObject({
      ...{ status: 'pending', mayDecide: true, organizationId },
    });
    const shown = await show(url);
    expect(await show(shown.link)).toMatchObject({ url, digest: shown.digest });
    const { out } = await run(['show', url]);
    expect(out).toContain('Contracts „of“ this winter');
    expect(out).toContain(`Digest: ${shown.digest}`);
    const hex = Buffer.from(shown.digest, 'base64url').toString('hex');
    const inWindows = /In windows: ((?:[0-9a-f]{4} ){15}[0-9a-f]{4})\n/.exec(out)?.[1];
    expect(inWindows?.replaceAll(' ', '')).toBe(hex);
    expect((await run(['list', '--organization', 'nobody'])).code).toBe(3);
  });

  it('approves what was read, and not what was not', async () => {
    const url = await world.request();
    const { digest } = await show(url);
    const other = `${digest.slice(0, -1)}${digest.endsWith('A') ? 'B' : 'A'}`;
    expect((await run(['approve', url, '--digest', other])).code).toBe(1);
    expect((await run(['approve', url])).code).toBe(2);
    expect((await run(['approve', url], 'x')).code).toBe(1);
    expect((await run(['approve', url], digest.slice(0, 7))).code).toBe(1);
    expect((await show(url)).mayDecide).toBe(true);
    const { code, out, error } = await run(['approve', url], `${digest.slice(0, 8)}\n`);
    expect(out).toMatch(/: Approved by Kim Example <kim@corp\.example>, /);
    expect(code).toBe(0);
    expect(error).toContain('requested by');
    expect(error).toContain(`type the first 8 characters`);
    expect((await show(url)).mayDecide).toBe(false);
    expect((await run(['approve', url, '--digest', digest])).code).toBe(1);
  });

  it('gives a receipt that is saved, and verified with and without the organisation', async () => {
    const url = await world.request();
    const { digest } = await show(url);
    const receipt = JSON.parse(
      (await run(['approve', url, '--digest', digest, '--json'])).out,
    ) as Receipt;
    expect(receipt).toMatchObject({ decision: 'approve', method: 'key', digest, request: url });
    const { receipts } = await asked<{ receipts: readonly Receipt[] }>('receipts');
    expect(receipts.map(({ receiptId }) => receiptId)).toContain(receipt.receiptId);
    const [file, root] = [join(folder, 'receipt.p7s'), join(folder, 'root.pem')];
    expect((await run(['save', receipt.receiptId, '--out', file])).code).toBe(0);
    expect((await run(['save', receipt.receiptId, '--out', file])).code).toBe(1);
    expect((await run(['save', 'nothing', '--out', file])).code).toBe(3);
    await writeFile(root, world.ca.rootPem);
    expect(await asked('verify-receipt', file)).toMatchObject({ holds: true });
    expect(await asked('verify-receipt', file, '--root', root)).toMatchObject({ holds: true });
    const changed = await readFile(file);
    changed[300] = (changed[300] ?? 0) ^ 1;
    await writeFile(join(folder, 'changed.p7s'), changed);
    expect((await run(['verify-receipt', join(folder, 'changed.p7s')])).code).toBe(1);
  });

  it('asks and declines', async () => {
    const url = await world.request();
    await asked('ask', url, '--message', 'Which contract is that?');
    const { digest, messages } = await show(url);
    expect(messages).toMatchObject([{ text: 'Which contract is that?' }]);
    const words = ['decline', url, '--reason', 'Not this winter'];
    const another =
      `A${digest.slice(1)}` === digest ? `B${digest.slice(1)}` : `A${digest.slice(1)}`;
    expect((await run([...words, '--digest', another])).code).toBe(1);
    expect(await asked(...words, '--digest', digest)).toMatchObject({
      ...{ decision: 'decline', reason: 'Not this winter', method: 'account' },
    });
    expect(await show(url)).toMatchObject({ status: 'declined', mayDecide: false });
    expect((await run(['decline', url, '--reason', 'again'])).code).toBe(1);
  });

  it('is led to no CA of strangers', async () => {
    const url = 'https://ca.test/acme/approval/evOGpD-hFJRzLaVqzqyTWA';
    expect((await run(['show', url])).code).toBe(3);
    const query = new URLSearchParams({ from: 'https://ca.test/acme/directory', approval: url });
    const link = `countersign://approve?${query.toString()}`;
    expect((await run(['show', link])).code).toBe(3);
    expect((await run(['show', 'http://localhost/'])).code).toBe(2);
  });

  it('has the log read and verified, with the receipts that are here', async () => {
    const { entries } = await asked<{ entries: readonly { sequence: number; event?: string }[] }>(
      'log',
    );
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.filter(({ event }) => event === 'decided').length).toBeGreaterThan(2);
    const verified = await asked<{ receipts: number }>('log', '--verify');
    expect(verified).toMatchObject({ holds: true, missing: [], length: entries.length });
    expect(verified.receipts).toBeGreaterThan(2);
    const at = entries.findLast(({ event }) => event === 'decided')?.sequence ?? 0;
    world.tapper.trick = ({ body = {} }) => {
      const told = body['entries'];
      if (!Array.isArray(told)) return undefined;
      return {
        ...body,
        entries: told.map((each: { sequence: number }) =>
          each.sequence === at ? { ...each, by: 'mallory@corp.example' } : each,
        ),
      };
    };
    const { code, out } = await run(['log', '--verify']);
    world.tapper.trick = () => undefined;
    expect(out).toMatch(/NOT/);
    expect(code).toBe(1);
  });
});

it('saves receipts, and compares them with the log, however many came since, from wherever', async () => {
  const { wallet } = kim.house;
  const { receipts } = await asked<{ receipts: readonly Receipt[] }>('receipts');
  const before = await asked<{ receipts: number }>('log', '--verify');
  wallet.transaction(() => {
    for (let count = 0; count < 500; count += 1) {
      const receiptUrl = `https://ca.test/receipt/${String(count)}`;
      const { document, digest } = { document: orderDocument(), digest: 'd'.repeat(43) };
      wallet.approvals.keep({
        ...{ id: `flood ${String(count)}`, organizationId: 'other.example', receiptUrl },
        ...{ approvalUrl: 'https://ca.test/approval/1', cms: Buffer.from('cms'), isOwn: false },
        found: {
          ...{ document, digest, decision: 'approve', by: { name: 'Eve', email: 'eve@ca.test' } },
          ...{ at: '2026-12-01T00:00:00Z', sequence: 1, method: 'key', checks: [] },
        },
      });
    }
  });
  expect(await asked('log', '--verify')).toMatchObject({ holds: true, receipts: before.receipts });
  const file = join(folder, 'old.p7s');
  expect((await run(['save', receipts[0]?.receiptId ?? '', '--out', file])).code).toBe(0);
});

it('tells who is no auditor whom the log is for', async () => {
  const { organizations } = world.ca;
  const { id = '' } = organizations.findByName(corporation) ?? {};
  organizations.removeMember(id, `person:${kim.person.id}`, 'auditor');
  const { code, error } = await run(['log']);
  organizations.addMember(id, `person:${kim.person.id}`, 'auditor');
  expect([code, error]).toEqual([1, expect.stringContaining('for auditors')]);
});

describe('countersign approvals standing', () => {
  it('proposes, lists and withdraws', async () => {
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const words = ['--organization', organizationId, '--domain', 'corp.example'];
    const what = ['--profile', 'one-time-code-signing', '--count', '3', '--until', until];
    const { url } = await asked<Request>(
      ...['standing', 'propose', ...words, ...what],
      ...['--for', 'alex@corp.example', '--reason', 'Nightly builds'],
    );
    const { approvals } = await asked<{ approvals: readonly Request[] }>('standing', 'list');
    expect(approvals).toMatchObject([{ url, document: { kind: 'standing', count: 3 } }]);
    const { out } = await run(['standing', 'list']);
    expect(out).toContain(`up to 3 until ${until}T00:00:00Z, 3 left`);
    const { out: shown } = await run(['show', url]);
    expect(shown).toMatch(/reason \(proposer's words\) +Nightly builds/);
    await asked('standing', 'withdraw', url, '--reason', 'Not needed');
    expect(await show(url)).toMatchObject({ status: 'withdrawn' });
    expect((await run(['standing', 'withdraw', url, '--reason', 'again'])).code).toBe(1);
  });
});
