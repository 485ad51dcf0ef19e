import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpError } from '../http/http-client.ts';
import {
  Approvers,
  approvedOffer,
  progressIn,
  startWaiting,
  waitsFor,
} from '../testing/approved-orders.ts';
import { reached, request, World, type Process } from '../testing/enrollment-world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
let process: Process;
let approvers: Approvers;
/** How many requests find no network. */
let outage: { requests: number };

beforeEach(async () => {
  world = await World.start();
  approvers = await Approvers.of(world);
  outage = { requests: 0 };
  world.between = (http) => ({
    ...{ close: () => undefined },
    request: (asked) => {
      if (outage.requests === 0) return http.request(asked);
      outage.requests -= 1;
      return Promise.reject(new HttpError('unreachable', new URL(asked.url).host));
    },
  });
  process = await world.joined(approvedOffer);
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  approvers.stop();
  await world.stop();
});

const events = (): readonly string[] => process.wallet.activity.entries().map(({ event }) => event);
const statusAt = async (url: string): Promise<unknown> => (await approvers.read(url)).status;

async function reopen(): Promise<void> {
  await world.kill(process);
  process = world.open();
}

function record(enrollmentId: string) {
  const found = process.wallet.enrollments.find(enrollmentId);
  if (found === undefined) throw new Error('it is gone');
  return found;
}

describe('an order that others have to approve', () => {
  it('says who has and who is still to, and goes on by itself to the end', async () => {
    const { enrollmentId, state, url } = await startWaiting(process, 'Release 4.2');
    const progress = progressIn(state);
    expect(progress).toMatchObject({ status: 'pending', required: 2, decisions: [] });
    expect(progress?.approvers.map(({ name }) => name)).toEqual(['Kim Example', 'Robin Example']);
    expect(progress?.link).toContain(encodeURIComponent(url));
    expect(state.authorizations.flatMap(({ challenges }) => challenges)).toEqual([]);
    const key = { place: 'software', neverExtractable: false, local: false };
    expect((await approvers.read(url)).document).toMatchObject({ reason: 'Release 4.2', key });

    await approvers.approveBy(approvers.kim, url);
    const half = await reached(process, enrollmentId, 'proving', (each) => {
      return progressIn(each)?.decisions.length === 1;
    });
    expect(progressIn(half)?.approvers.map(({ name }) => name)).toEqual(['Robin Example']);
    await approvers.approveBy(approvers.robin, url);
    await reached(process, enrollmentId, 'done');
    expect(events()).toContain('approval-asked');
  });

  it('is waited for by the next start, which asks nobody', async () => {
    const { enrollmentId, url } = await startWaiting(process, 'Release 4.2');
    await reopen();
    process.enrollments.resumeAll();
    await waitsFor(process, enrollmentId);
    await reopen();
    await approvers.approve(url);
    process.enrollments.resumeAll();
    await reached(process, enrollmentId, 'done');
  });

  it('that is declined is over, and says by whom and why; its key is gone', async () => {
    const { enrollmentId, url } = await startWaiting(process, 'Release 4.2');
    await approvers.decline(url, 'Not before the audit');
    const { failure } = await reached(process, enrollmentId, 'failed');
    expect(failure).toEqual({
      ...{ code: 'not-approved', reason: 'declined', detail: 'Not before the audit' },
      by: 'Kim Example (kim@corp.example)',
    });
    await expect.poll(() => process.keys.has(record(enrollmentId).keyId)).toBe(false);
  });

  it('that was declined while the wallet was closed says the same', async () => {
    const { enrollmentId, url } = await startWaiting(process, '');
    await reopen();
    await approvers.decline(url, 'No');
    process.enrollments.resumeAll();
    const { failure } = await reached(process, enrollmentId, 'failed');
    expect(failure).toMatchObject({ code: 'not-approved', reason: 'declined', detail: 'No' });
  });

  it('that nobody decides in time is over', async () => {
    const { enrollmentId } = await startWaiting(process, 'Release 4.2');
    world.advance(25 * 3600);
    const { failure } = await reached(process, enrollmentId, 'failed');
    expect(failure).toEqual({ code: 'not-approved', reason: 'expired' });
  });

  it.each([
    ['while it runs', false],
    ['after a restart', true],
  ])('is withdrawn at the CA when it is cancelled %s', async (_when, restarts) => {
    const { enrollmentId, url } = await startWaiting(process, 'Release 4.2');
    if (restarts) await reopen();
    await process.enrollments.cancel(enrollmentId);
    expect(await statusAt(url)).toBe('withdrawn');
    expect(process.keys.has(record(enrollmentId).keyId)).toBe(false);
  });

  it('is withdrawn when it is cancelled after it was approved: nobody else is to use it', async () => {
    const { enrollmentId, url } = await startWaiting(process, 'Release 4.2');
    await reopen();
    await approvers.approve(url);
    expect(await statusAt(url)).toBe('approved');
    await process.enrollments.cancel(enrollmentId);
    expect(await statusAt(url)).toBe('withdrawn');
  });

  it('bears a network that is away for a while', async () => {
    const { enrollmentId, url } = await startWaiting(process, 'Release 4.2');
    outage.requests = 3;
    await approvers.approve(url);
    await reached(process, enrollmentId, 'done');
    expect(outage.requests).toBe(0);
  });

  it('is taken up again for its own key and words alone when its answer was lost', async () => {
    const one = await startWaiting(process, 'One');
    const other = await startWaiting(process, 'Other');
    const orders = [other, one].map(({ enrollmentId }) => {
      const { orderUrl = '', approvalUrl = '', ...lost } = record(enrollmentId);
      expect(approvalUrl).not.toBe('');
      process.wallet.enrollments.write({ ...lost, state: 'needs-order' });
      return { enrollmentId, orderUrl };
    });
    await reopen();
    for (const { enrollmentId, orderUrl } of orders) {
      await process.enrollments.resume(enrollmentId);
      await waitsFor(process, enrollmentId);
      expect(record(enrollmentId).orderUrl).toBe(orderUrl);
    }
    await approvers.approve(one.url);
    await reached(process, one.enrollmentId, 'done');
    expect(record(other.enrollmentId).state).toBe('needs-proof');
    expect(await statusAt(other.url)).toBe('pending');
  });

  it('is issued for no other key than the one that was approved', async () => {
    const { enrollmentId, url } = await startWaiting(process, 'Release 4.2');
    const other = await startWaiting(process, 'Other');
    const { csr = '' } = record(other.enrollmentId);
    process.wallet.enrollments.write({ ...record(enrollmentId), csr });
    await reopen();
    await approvers.approve(url);
    process.enrollments.resumeAll();
    const { failure } = await reached(process, enrollmentId, 'failed');
    const problem = { type: 'urn:ietf:params:acme:error:badCSR' };
    expect(failure).toMatchObject({ code: 'acme-problem', problem });
  });

  it('can be asked about: the other side hears it, as it is, and is reminded now and then', async () => {
    const { enrollmentId, url } = await startWaiting(process, 'Release 4.2');
    await process.enrollments.message(enrollmentId, 'It is the branch for winter');
    const shown = await waitsFor(process, enrollmentId);
    const { messages = [], remindAfter } = progressIn(shown.state) ?? {};
    expect(messages.map(({ text }) => text)).toEqual(['It is the branch for winter']);
    expect((await approvers.read(url)).messages).toHaveLength(1);
    await expect(process.enrollments.message(enrollmentId, 'txt.\u202eexe')).rejects.toThrow();
    expect((await approvers.read(url)).messages).toHaveLength(1);
    expect(remindAfter).toEqual(expect.any(String));
    await expect(process.enrollments.remind(enrollmentId)).rejects.toMatchObject({
      document: { type: 'urn:ietf:params:acme:error:rateLimited' },
    });
    world.advance(2 * 3600);
    await process.enrollments.remind(enrollmentId);
  });

  it.each([
    ['in two lines', 'two\nlines'],
    ['that is turned round', 'txt.\u202eexe'],
    ['with half a character', 'half \ud83d'],
    ['that is too long', 'x'.repeat(401)],
  ])('is not begun with a reason %s', async (_what, reason) => {
    const starting = process.enrollments.start({ ...request, reason });
    await expect(starting).rejects.toMatchObject({ failure: { code: 'invalid-request' } });
  });
});
