import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResourceName } from '../../ca/fault-kinds.ts';
import type { JournalState } from '../wallet/enrollment-journal.ts';
import {
  reached,
  request,
  startProving,
  World,
  type Process,
} from '../testing/enrollment-world.ts';
import { everyNth } from '../testing/made-up.ts';

const deep = { tags: ['deep'] };

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(async () => {
  await world.stop();
});

const posts = (resource: ResourceName) => world.ca.requestLog.count({ resource, method: 'POST' });

function journalled(process: Process, enrollmentId: string): JournalState | undefined {
  return process.wallet.enrollments.find(enrollmentId)?.state;
}

/** Kills the wallet once the CA has acted on a request, and before the answer is there. */
async function killAfter(
  process: Process,
  resource: ResourceName,
  work: () => Promise<unknown>,
): Promise<Process> {
  const held = world.ca.faults.arm({ kind: 'hold', resource });
  const working = work();
  await held.reached;
  await world.kill(process);
  await working.catch(() => undefined);
  return world.open();
}

/** Of the only enrolment, as it is shown. */
function challengeOf({ enrollments }: Process, type: string) {
  const [state] = enrollments.states();
  if (state?.step !== 'proving') throw new Error(`it is ${state?.step ?? 'gone'}`);
  return state.authorizations
    .flatMap(({ challenges }) => challenges)
    .find((each) => each.type === type);
}

/** Goes on with an interrupted enrolment to its end, and proves again where that is needed. */
async function finish(process: Process, enrollmentId: string): Promise<void> {
  await process.enrollments.resume(enrollmentId);
  const { answer } = await startProving(process, enrollmentId);
  await answer(world.code());
  await reached(process, enrollmentId, 'done');
}

/** One of everything, and nothing left over. */
function expectOneOfEach(process: Process): void {
  expect(posts('newOrder')).toBe(1);
  expect(process.wallet.credentials.list()).toHaveLength(1);
  const [credential] = process.wallet.credentials.list();
  const [entry] = process.wallet.enrollments.list();
  expect(credential?.key.id).toBe(entry?.keyId);
  expect(process.wallet.organizations.externalAccount('org.example')).toBeUndefined();
  expect(process.unforeseen).toEqual([]);
}

describe('a wallet that is killed', () => {
  type Moment = readonly [title: string, resource: ResourceName, state: JournalState];
  const early: readonly Moment[] = [
    ['when the account was just made', 'newAccount', 'needs-account'],
    ['while the directory is read', 'directory', 'needs-key'],
    ['when the order was just made', 'newOrder', 'needs-order'],
    ['while the authorization is read', 'authorization', 'needs-proof'],
  ];

  it.each(everyNth(2, early))(
    '%s goes on with the same account, order and key',
    async (_title, resource, state) => {
      const first = await world.joined();
      let enrollmentId = '';
      const second = await killAfter(first, resource, async () => {
        ({ enrollmentId } = await first.enrollments.start(request));
      });
      expect(second.enrollments.states()).toMatchObject([{ step: 'interrupted' }]);
      expect(journalled(second, enrollmentId)).toBe(state);
      await finish(second, enrollmentId);
      expectOneOfEach(second);
      expect(
        second.wallet.activity.entries().filter(({ event }) => event === 'account-created'),
      ).toHaveLength(1);
    },
  );

  it('while it waits for the code asks for it again, in the same order', async () => {
    const first = await world.joined();
    const { enrollmentId, answer } = await startProving(first);
    await answer(world.wrongCode());
    await world.kill(first);
    const second = world.open();
    expect(second.enrollments.states()).toMatchObject([{ step: 'interrupted', at: 'prove' }]);
    await finish(second, enrollmentId);
    expectOneOfEach(second);
  });

  it('when the CA has just accepted the code asks for no other', async () => {
    const first = await world.joined();
    const { enrollmentId, answer } = await startProving(first);
    const second = await killAfter(first, 'challenge', () => answer(world.code()));
    expect(second.wallet.enrollments.find(enrollmentId)?.answerSent).toBeDefined();
    second.enrollments.resumeAll();
    await reached(second, enrollmentId, 'done');
    expect(posts('challenge')).toBe(1);
    expectOneOfEach(second);
  });

  it('when the CA has just refused the last code tells what the CA said', deep, async () => {
    const first = await world.joined();
    const { enrollmentId, answer } = await startProving(first);
    for (let tries = 0; tries < 4; tries += 1) await answer(world.wrongCode());
    const second = await killAfter(first, 'challenge', () => answer(world.wrongCode()));
    second.enrollments.resumeAll();
    const failed = await reached(second, enrollmentId, 'failed');
    expect(failed).toMatchObject({
      at: 'prove',
      failure: {
        code: 'authorization-failed',
        problem: { type: 'urn:ietf:params:acme:error:incorrectResponse' },
      },
    });
  });

  it(
    'when the CA has just refused the code asks for another, and says what the CA remembers',
    deep,
    async () => {
      const first = await world.joined();
      const { enrollmentId, answer } = await startProving(first);
      const second = await killAfter(first, 'challenge', () => answer(world.wrongCode()));
      await finish(second, enrollmentId);
      expect(posts('challenge')).toBe(2);
      expectOneOfEach(second);
    },
  );

  it('while the CA makes up its mind about the code waits for that', deep, async () => {
    const first = await world.joined();
    const { enrollmentId, answer } = await startProving(first);
    world.ca.faults.arm({ kind: 'challengeProcessing', polls: 2 });
    const second = await killAfter(first, 'challenge', () => answer(world.code()));
    await second.enrollments.resume(enrollmentId);
    await reached(second, enrollmentId, 'done');
    expect(posts('challenge')).toBe(1);
    expectOneOfEach(second);
  });

  it('while the CA makes up its mind takes no other answer, which that judgement would erase', async () => {
    world.ca.people.codes.setUpHotp(world.personId);
    const first = await world.joined();
    const { enrollmentId } = await startProving(first);
    world.ca.faults.arm({ kind: 'challengeProcessing', polls: 2 });
    const give = (process: Process, type: string) => {
      const challengeId = challengeOf(process, type)?.challengeId ?? '';
      const answer = { by: 'code', otp: world.code() } as const;
      return process.enrollments.answer({ enrollmentId, challengeId, answer });
    };
    const second = await killAfter(first, 'challenge', () => give(first, 'totp-01'));
    await second.enrollments.resume(enrollmentId);
    expect((await reached(second, enrollmentId, 'proving')).sending).toBe(true);
    expect(challengeOf(second, 'totp-01')).toMatchObject({ status: 'processing' });
    expect(challengeOf(second, 'hotp-01')).toMatchObject({ status: 'pending' });
    await expect(give(second, 'hotp-01')).rejects.toMatchObject({
      failure: { code: 'invalid-request' },
    });
    expect(second.wallet.enrollments.find(enrollmentId)?.answerSent).toBeDefined();
    await reached(second, enrollmentId, 'done');
    expect(posts('challenge')).toBe(1);
    expectOneOfEach(second);
  });

  const late: readonly Moment[] = [
    ['when the CA has just issued', 'finalize', 'needs-issuance'],
    ['while the certificate is downloaded', 'certificate', 'needs-certificate'],
  ];

  it.each(everyNth(2, late))('%s needs nobody to go on', async (_title, resource, state) => {
    const first = await world.joined();
    const { enrollmentId, answer } = await startProving(first);
    const second = await killAfter(first, resource, () => answer(world.code()));
    expect(journalled(second, enrollmentId)).toBe(state);
    second.enrollments.resumeAll();
    await reached(second, enrollmentId, 'done');
    expect(posts('finalize')).toBe(1);
    expectOneOfEach(second);
  });

  it('before its finalize arrived sends the very same request', async () => {
    const first = await world.joined();
    const { enrollmentId, answer } = await startProving(first);
    world.ca.faults.arm({ kind: 'httpStatus', status: 503, resource: 'finalize', times: 3 });
    await answer(world.code());
    const stopped = await reached(first, enrollmentId, 'interrupted');
    expect(stopped).toMatchObject({ at: 'issue', failure: { code: 'acme-problem' } });
    const { csr } = first.wallet.enrollments.find(enrollmentId) ?? {};
    expect(csr).toBeDefined();
    await world.kill(first);
    const second = world.open();
    second.enrollments.resumeAll();
    await reached(second, enrollmentId, 'done');
    expect(second.wallet.enrollments.find(enrollmentId)?.csr).toBe(csr);
    expectOneOfEach(second);
  });

  describe('while it installs', () => {
    async function killedInstalling(): Promise<{ second: Process; enrollmentId: string }> {
      const first = await world.joined();
      const { enrollmentId, answer } = await startProving(first);
      const installing = Promise.withResolvers<undefined>();
      const killed = Promise.withResolvers<undefined>();
      world.target.installing = async () => {
        installing.resolve(undefined);
        await killed.promise;
      };
      await answer(world.code());
      await installing.promise;
      first.wallet.close();
      killed.resolve(undefined);
      await world.kill(first);
      world.target.installing = () => Promise.resolve();
      const second = world.open();
      // As at each start: what is an enrolment's is left to it.
      await second.interrupted.recover();
      expect(second.wallet.installing.list()).toMatchObject([{ deed: 'install', target: 'nss' }]);
      expect(second.enrollments.states()).toMatchObject([{ step: 'interrupted', at: 'install' }]);
      return { second, enrollmentId };
    }

    const told = ({ wallet }: Process): readonly string[] =>
      wallet.activity
        .entries()
        .map(({ event }) => event)
        .filter((event) => event.startsWith('install'));

    it('installs again, has the credential once, and says so once', async () => {
      const { second, enrollmentId } = await killedInstalling();
      second.enrollments.resumeAll();
      const { results } = await reached(second, enrollmentId, 'done');
      expect(results).toMatchObject([{ target: 'nss', status: 'installed' }]);
      expect(told(second)).toEqual(['install-finished']);
      expect(second.interrupted.list()).toMatchObject([{ outcome: 'finished', target: 'nss' }]);
      expect(second.wallet.installing.list()).toEqual([]);
      expectOneOfEach(second);
    });

    it('leaves nothing there for whoever cancels it then', deep, async () => {
      const { second, enrollmentId } = await killedInstalling();
      await second.enrollments.cancel(enrollmentId);
      const { results } = await reached(second, enrollmentId, 'done');
      expect(results).toMatchObject([{ target: 'nss', failure: { code: 'cancelled' } }]);
      await expect.poll(() => told(second)).toEqual(['install-rolled-back']);
      expect(second.wallet.installing.list()).toEqual([]);
      const [record] = second.wallet.credentials.list();
      if (record === undefined) throw new Error('the credential is gone');
      expect(await world.target.list([second.installer.known(record)])).toEqual([]);
    });
  });

  it('after its key was made and before that was written down uses that key', deep, async () => {
    const first = await world.joined();
    world.ca.faults.arm({ kind: 'hold', resource: 'directory' });
    const { enrollmentId } = await first.enrollments.start(request);
    const { keyId } = first.wallet.enrollments.find(enrollmentId) ?? { keyId: '' };
    await first.keys.generate('P-256', keyId);
    const { publicSpki } = await first.keys.signer(keyId);
    await world.kill(first);
    const second = world.open();
    await finish(second, enrollmentId);
    expect((await second.keys.signer(keyId)).publicSpki).toEqual(publicSpki);
    expectOneOfEach(second);
  });

  it('again and again, at each step, still gets there', deep, async () => {
    let process: Process = await world.joined();
    const { enrollmentId } = await process.enrollments.start(request);
    await world.kill(process);
    for (const resource of ['newAccount', 'newOrder', 'authorization'] as const) {
      process = world.open();
      const current = process;
      process = await killAfter(current, resource, () => current.enrollments.resume(enrollmentId));
      await world.kill(process);
    }
    process = world.open();
    await finish(process, enrollmentId);
    expectOneOfEach(process);
  });
});

describe('going on with everything', () => {
  it('leaves alone what waits for a code', async () => {
    const first = await world.joined();
    const { enrollmentId } = await startProving(first);
    await world.kill(first);
    const second = world.open();
    world.ca.requestLog.clear();
    second.enrollments.resumeAll();
    expect(second.enrollments.states()).toMatchObject([{ enrollmentId, step: 'interrupted' }]);
    expect(world.ca.requestLog.count()).toBe(0);
  });

  it('does nothing to what is running already', deep, async () => {
    const process = await world.joined();
    const { enrollmentId, answer } = await startProving(process);
    process.enrollments.resumeAll();
    await process.enrollments.resume(enrollmentId);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    expectOneOfEach(process);
  });
});
