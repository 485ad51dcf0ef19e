import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  organizationId,
  reached,
  request,
  startProving,
  World,
} from '../testing/enrollment-world.ts';

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(async () => {
  await world.stop();
});

describe('an enrolment', () => {
  it('goes from the invitation to a credential that works, in the order of RFC 8555', async () => {
    const process = await world.joined();
    const { enrollmentId, answer, state } = await startProving(process);
    expect(state).toMatchObject({
      caHost: new URL(world.ca.origin).host,
      subject: 'alex@example.test',
      expiresAt: expect.any(String) as string,
      authorizations: [
        {
          identifier: { type: 'email', value: 'alex@example.test' },
          status: 'pending',
          challenges: [{ type: 'totp-01', kind: 'code', digits: 6, period: 30 }],
        },
      ],
    });
    await answer(world.code());
    const done = await reached(process, enrollmentId, 'done');
    expect(done.results).toMatchObject([{ target: 'nss', status: 'installed' }]);
    expect(done.timeline.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'preflight done',
      'key done',
      'account done',
      'order done',
      'prove done',
      'issue done',
      'install done',
    ]);
    expect(done.timeline.every(({ startedAt, endedAt }) => startedAt && endedAt)).toBe(true);
    expect(process.unforeseen).toEqual([]);
  });

  it('reports each step once it is reached, and no step twice in the timeline', async () => {
    const process = await world.joined();
    const { enrollmentId, answer } = await startProving(process);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    const steps = process.reported.map((state) => ('at' in state ? state.at : state.step));
    expect([...new Set(steps)]).toEqual([
      'preflight',
      'key',
      'account',
      'order',
      'prove',
      'proving',
      'issue',
      'installing',
      'done',
    ]);
  });

  it('is found again, ended, by the next process, until it is dismissed', async () => {
    const first = await world.joined();
    const { enrollmentId, answer } = await startProving(first);
    await answer(world.code());
    const done = await reached(first, enrollmentId, 'done');
    await world.kill(first);
    const second = world.open();
    expect(second.enrollments.states()).toEqual([done]);
    await second.enrollments.dismiss(enrollmentId);
    expect(second.enrollments.states()).toEqual([]);
    await world.kill(second);
    const third = world.open();
    expect(third.enrollments.states()).toEqual([]);
    expect(third.credentials.summaries()).toHaveLength(1);
  });

  it('uses the account and its key again, with a new key for the credential', async () => {
    const process = await world.joined();
    for (let number = 0; number < 2; number += 1) {
      const { enrollmentId, answer } = await startProving(process);
      await answer(world.code());
      await reached(process, enrollmentId, 'done');
      world.advance(60);
    }
    expect(world.ca.requestLog.count({ resource: 'newAccount' })).toBe(1);
    const keys = process.wallet.credentials.list().map(({ key }) => key.id);
    expect(new Set(keys).size).toBe(2);
    expect(process.wallet.activity.entries().map(({ event }) => event)).toEqual([
      'rebound',
      'proven',
      'installed',
      'certificate-issued',
      'code-sent',
      'order-created',
      'proven',
      'installed',
      'certificate-issued',
      'code-sent',
      'order-created',
      'account-created',
      'organization-joined',
    ]);
  });

  it('runs beside another one of the same organisation, with one account between them', async () => {
    const process = await world.joined();
    const both = await Promise.all([startProving(process), startProving(process)]);
    for (const { answer } of both) {
      await answer(world.code());
      world.advance(60);
    }
    for (const { enrollmentId } of both) await reached(process, enrollmentId, 'done');
    const orders = process.wallet.enrollments.list().map(({ orderUrl }) => orderUrl);
    expect(new Set(orders).size).toBe(2);
    const accounts = process.wallet.activity
      .entries()
      .filter(({ event }) => event === 'account-created');
    expect(accounts).toHaveLength(1);
  });

  it('is done with a note when a target refuses, and the credential stays', async () => {
    const process = await world.joined();
    world.target.refused.add('install');
    const { enrollmentId, answer } = await startProving(process);
    await answer(world.code());
    const { results, credentialId } = await reached(process, enrollmentId, 'done');
    expect(results).toMatchObject([
      { target: 'nss', status: 'failed', failure: { code: 'install', reason: 'refused' } },
    ]);
    world.target.refused.clear();
    await process.credentials.install(credentialId, 'nss');
    expect(process.credentials.summaries()).toMatchObject([
      { id: credentialId, installations: [{ target: 'nss', proofs: [{ status: 'proven' }] }] },
    ]);
  });

  it('tells apart what is installed and what was shown to work', async () => {
    const process = await world.joined();
    world.target.refused.add('prove');
    const { enrollmentId, answer } = await startProving(process);
    await answer(world.code());
    const { results } = await reached(process, enrollmentId, 'done');
    expect(results).toMatchObject([
      { target: 'nss', status: 'installed', installation: { proofs: [{ status: 'failed' }] } },
    ]);
  });

  it.each(['P-256', 'P-384', 'RSA-3072'] as const)('can be for a %s key', async (type) => {
    const process = await world.joined({
      key: { types: ['P-256', 'P-384', 'RSA-3072'], places: ['software'], exportable: false },
    });
    const { enrollmentId } = await process.enrollments.start({ ...request, keyType: type });
    const { answer } = await startProving(process, enrollmentId);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    expect(process.credentials.summaries()).toMatchObject([{ key: { type } }]);
  });
});

describe('starting', () => {
  it.each([
    ['an organisation nobody joined', { organizationId: 'other', offerId: 'wifi' }, 'not-found'],
    ['an offer that is not made', { organizationId, offerId: 'other' }, 'not-found'],
    [
      'a key type that is not offered',
      { ...request, keyType: 'RSA-3072' as const },
      'invalid-request',
    ],
  ])('is refused for %s', async (_title, wanted, code) => {
    const process = await world.joined();
    await expect(process.enrollments.start(wanted)).rejects.toMatchObject({
      code: 'enrollment',
      failure: { code },
    });
    expect(process.enrollments.states()).toEqual([]);
  });

  it('is refused when the key must lie where this wallet cannot make one', async () => {
    const process = await world.joined({
      key: { types: ['P-256'], places: ['os', 'token'], exportable: false },
    });
    const start = (keyPlace?: KeyPlaceChoice) =>
      process.enrollments.start({ ...request, keyPlace });
    await expect(start()).rejects.toMatchObject({ code: 'token', reason: 'not-present' });
    await expect(start({ in: 'token', tokenId: 'gone' })).rejects.toMatchObject({
      ...{ code: 'token', reason: 'not-present' },
    });
    for (const place of ['os', 'software'] as const) {
      await expect(start({ in: place })).rejects.toMatchObject({
        failure: { code: 'invalid-request' },
      });
    }
    expect(process.enrollments.states()).toEqual([]);
  });
});

describe('what is asked of an enrolment that is not there', () => {
  it('is refused as not found', async () => {
    const { enrollments } = await world.joined();
    const gone = { failure: { code: 'not-found' } };
    const challenge = { enrollmentId: 'x', challengeId: 'https://ca.example/1' };
    const answer = { by: 'code', otp: '123456' } as const;
    await expect(enrollments.answer({ ...challenge, answer })).rejects.toMatchObject(gone);
    await expect(enrollments.stopAnswering(challenge)).rejects.toMatchObject(gone);
    await expect(enrollments.cancel('x')).rejects.toMatchObject(gone);
    await expect(enrollments.resume('x')).rejects.toMatchObject(gone);
    await expect(enrollments.dismiss('x')).rejects.toMatchObject(gone);
  });

  it('is refused while it is not the time for it', async () => {
    const process = await world.joined();
    const { enrollmentId, challengeId } = await startProving(process);
    const wrong = { failure: { code: 'invalid-request' } };
    await expect(process.enrollments.dismiss(enrollmentId)).rejects.toMatchObject(wrong);
    await process.enrollments.cancel(enrollmentId);
    const answer = { by: 'code', otp: '123456' } as const;
    await expect(
      process.enrollments.answer({ enrollmentId, challengeId, answer }),
    ).rejects.toMatchObject(wrong);
  });
});
