import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ResourceName } from '../../ca/fault-kinds.ts';
import { Applicant, errorOf } from '../testing/applicant.ts';
import { ImpatientClock, LocalCa } from '../testing/local-ca.ts';
import { tokenKind } from './challenge.ts';
import type { AcmeProblem } from './problem.ts';
import { AcmePollDeadline, AcmeProtocolError } from './protocol-error.ts';

let local: LocalCa;
let alex: Applicant;
let clock: ImpatientClock;

beforeAll(async () => {
  local = await LocalCa.start();
  clock = new ImpatientClock();
  alex = new Applicant(local, await local.join({ clock, random: () => 0.5 }));
});
afterAll(() => local.stop());
afterEach(() => {
  local.ca.faults.clear();
  local.ca.requestLog.clear();
  clock.slept.length = 0;
});

const count = (resource: ResourceName): number => local.ca.requestLog.count({ resource });

describe('polling', () => {
  test.each(['seconds', 'date'] as const)(
    'keeps to the pace that the server sets (%s)',
    async (form) => {
      const order = await alex.ready();
      local.ca.faults.arm({ kind: 'orderProcessing', polls: 3 });
      const retryAfter = { seconds: 30, form } as const;
      local.ca.faults.arm({ kind: 'retryAfter', resource: 'finalize', retryAfter });
      clock.set(local.now);
      const processing = await alex.finalize(order);
      clock.slept.length = 0;
      expect((await alex.client.orders.poll(processing)).status).toBe('valid');
      // A date has no fractions of a second.
      expect(clock.slept[0]).toBeGreaterThan(28_999);
      expect(clock.slept[0]).toBeLessThanOrEqual(30_000);
    },
  );

  test('waits no longer than five minutes at a time, whatever the server says', async () => {
    const order = await alex.ready();
    local.ca.faults.arm({ kind: 'orderProcessing', polls: 1 });
    const retryAfter = { seconds: 86_400, form: 'seconds' } as const;
    local.ca.faults.arm({ kind: 'retryAfter', resource: 'finalize', retryAfter });
    expect((await alex.client.orders.poll(await alex.finalize(order))).status).toBe('valid');
    expect(Math.max(...clock.slept)).toBe(300_000);
  });

  test('backs off by itself when the server is silent', async () => {
    const order = await alex.ready();
    clock.slept.length = 0;
    local.ca.faults.arm({ kind: 'orderProcessing', polls: 5 });
    const done = await alex.client.orders.poll(await alex.finalize(order));
    expect(done.status).toBe('valid');
    const own = clock.slept.filter((milliseconds) => milliseconds < 1_000);
    expect([...own].sort((left, right) => left - right)).toEqual(own);
    expect(own[0] ?? 2).toBe(2);
  });

  test('goes on while a challenge is processing', async () => {
    const { order, challenge } = await alex.ask();
    local.ca.faults.arm({ kind: 'challengeProcessing', polls: 2 });
    expect((await alex.respond(challenge)).status).toBe('processing');
    const authorization = await alex.client.authorizations.poll(order.authorizations[0] ?? '');
    expect(authorization.status).toBe('valid');
  });

  test('ends at the deadline', async () => {
    const order = await alex.order();
    const deadline = new Date(clock.now().getTime() + 5_000);
    const error = await errorOf(alex.client.orders.poll(order, { deadline }));
    expect(error).toBeInstanceOf(AcmePollDeadline);
    expect(clock.now().getTime()).toBeLessThanOrEqual(deadline.getTime());
  });

  test('does not mind in which order the server lists things', async () => {
    const { order, challenge } = await alex.ask();
    local.ca.faults.arm({ kind: 'shuffledOrder', times: 5 });
    await alex.respond(challenge);
    expect((await alex.client.orders.poll(order)).status).toBe('ready');
  });
});

describe('an abort', () => {
  test('ends a request that the server does not answer, with its reason', async () => {
    const held = local.ca.faults.arm({ kind: 'hold', resource: 'newOrder' });
    const controller = new AbortController();
    const reason = new Error('enough');
    const attempt = errorOf(alex.order(controller.signal));
    await held.reached;
    controller.abort(reason);
    expect(await attempt).toBe(reason);
  });

  test('ends polling with its reason', async () => {
    const order = await alex.order();
    const reason = new Error('enough');
    const controller = new AbortController();
    const attempt = alex.client.orders.poll(
      order,
      {
        settled: () => {
          if (count('order') === 2) controller.abort(reason);
          return false;
        },
      },
      controller.signal,
    );
    expect(await errorOf(attempt)).toBe(reason);
  });
});

describe('a refusal', () => {
  test.each([
    ['invalidProfile', 'invalidProfile'],
    ['alreadyReplaced', 'alreadyReplaced'],
    ['userActionRequired', 'userActionRequired'],
  ] as const)('of the kind %s has its type', async (kind, type) => {
    local.ca.faults.arm({ kind, resource: 'newOrder' });
    const problem = (await errorOf(alex.order())) as AcmeProblem;
    expect(problem).toMatchObject({ code: 'acme-problem', type });
    expect(problem.document.detail).not.toBe('');
    if (kind !== 'userActionRequired') return;
    expect(problem.document.instance).toMatch(/^https:/);
    expect(problem.context.termsOfServiceUrl).toMatch(/^https:/);
  });

  test.each(['forbidden', 'ok'] as const)(
    'of a response leaves room for another (%s)',
    async (style) => {
      const { order, challenge } = await alex.ask();
      local.ca.faults.arm({ kind: 'retryableRefusal', style });
      const refusal = await alex.respond(challenge).catch((reason: unknown) => reason);
      if (style === 'forbidden') expect(refusal).toMatchObject({ type: 'incorrectResponse' });
      else
        expect(refusal).toMatchObject({
          status: 'pending',
          error: { detail: expect.any(String) as string },
        });
      const url = order.authorizations[0] ?? '';
      expect((await alex.client.authorizations.fetch(url)).status).toBe('pending');
      expect((await alex.respond(challenge)).status).toBe('valid');
    },
  );

  test('for good tells all that was wrong', async () => {
    const { order, challenge } = await alex.ask();
    local.ca.faults.arm({ kind: 'invalidWithSubproblems' });
    await errorOf(alex.respond(challenge));
    const authorization = await alex.client.authorizations.fetch(order.authorizations[0] ?? '');
    expect(authorization.status).toBe('invalid');
    const failed = authorization.challenges.find(({ status }) => status === 'invalid');
    expect(failed?.error?.type).toBe('urn:ietf:params:acme:error:compound');
    expect(failed?.error?.subproblems.map(({ detail }) => detail)).toHaveLength(2);
  });
});

describe('challenges', () => {
  const challenges = async () => {
    const order = await alex.order();
    return (await alex.client.authorizations.fetch(order.authorizations[0] ?? '')).challenges;
  };

  test('of unknown types stand beside the known ones', async () => {
    local.ca.faults.arm({ kind: 'unknownChallenges' });
    const types = (await challenges()).map(({ type }) => type);
    expect(types).toContain('totp-01');
    expect(types.length).toBeGreaterThan(1);
  });

  test.each([
    ['literalTotp', 'code'],
    ['tokenWithSpaces', 'malformed'],
    ['sharedToken', 'sound'],
  ] as const)('with the fault %s have a token that is %s', async (kind, expected) => {
    local.ca.faults.arm({ kind });
    const challenge = (await challenges()).find(({ type }) => type === 'totp-01');
    expect(challenge && tokenKind(challenge)).toBe(expected);
    const token = challenge?.token ?? '';
    if (expected === 'sound')
      expect(alex.client.challenges.keyAuthorization(token)).toBe(
        `${token}.${alex.client.thumbprint}`,
      );
    else expect(() => alex.client.challenges.keyAuthorization(token)).toThrow(AcmeProtocolError);
  });

  test('may be more than the identifiers, and valid already', async () => {
    local.ca.faults.arm({ kind: 'extraAuthorization' });
    expect((await alex.order()).authorizations).toHaveLength(2);
    local.ca.faults.arm({ kind: 'validAuthorization' });
    const order = await alex.order();
    const authorization = await alex.client.authorizations.fetch(order.authorizations[0] ?? '');
    expect(authorization.status).toBe('valid');
  });
});
