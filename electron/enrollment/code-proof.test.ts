import { generateSync } from 'otplib/functional';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ocraResponse } from '../../ca/challenges/ocra.ts';
import type { CodeChallengeView } from '../../shared/enrollment-state.ts';
import { reached, request, World, type Process } from '../testing/enrollment-world.ts';

const deep = { tags: ['deep'] };

// A CA, and an enrolment in each test.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** What a person holds that makes codes. */
interface Maker {
  readonly type: 'hotp-01' | 'otp-01';
  readonly profile: 'employee' | 'contractor';
  readonly give: () => void;
  readonly code: (asked: CodeChallengeView) => string;
}

const suite = 'OCRA-1:HOTP-SHA256-8:QN08';
const codes = () => world.ca.people.codes;

const counting: Maker = {
  ...{ type: 'hotp-01', profile: 'employee' },
  give: () => codes().setUpHotp(world.personId),
  code: () => {
    const { secret = '', digits, counter = 0 } = codes().hotp(world.personId) ?? {};
    return generateSync({ strategy: 'hotp', secret, digits: digits ?? 6, counter });
  },
};

const answering: Maker = {
  ...{ type: 'otp-01', profile: 'contractor' },
  give: () => codes().setUpOcra(world.personId, suite),
  code: ({ display = '' }) => {
    const setup = codes().otp(world.personId);
    if (setup?.kind !== 'ocra') throw new Error('there is no such token');
    return ocraResponse({ suite, key: Buffer.from(setup.secret, 'hex'), question: display });
  },
};

let world: World;
let process: Process;

beforeEach(async () => {
  world = await World.start();
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

const answers = (): number => world.ca.requestLog.count({ resource: 'challenge', method: 'POST' });

/** An enrolment that waits for a code of that maker. */
async function asked({ give, profile }: Maker): Promise<string> {
  give();
  process = await world.joined({ profile });
  const { enrollmentId } = await process.enrollments.start(request);
  await waiting(enrollmentId);
  return enrollmentId;
}

const waiting = (enrollmentId: string) =>
  reached(process, enrollmentId, 'proving', ({ sending }) => !sending);

function shown(enrollmentId: string, { type }: Maker): CodeChallengeView {
  const state = process.enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  if (state?.step !== 'proving') throw new Error(`it is ${state?.step ?? 'gone'}`);
  const challenge = state.authorizations[0]?.challenges.find((each) => each.type === type);
  if (challenge?.kind !== 'code') throw new Error('no such code is asked for');
  return challenge;
}

function type(enrollmentId: string, maker: Maker, otp?: string): Promise<void> {
  const challenge = shown(enrollmentId, maker);
  const { challengeId } = challenge;
  const answer = { by: 'code', otp: otp ?? maker.code(challenge) } as const;
  return process.enrollments.answer({ enrollmentId, challengeId, answer });
}

describe.each<[string, Maker]>([
  ['a token that counts', counting],
  ['a token that answers to a number', answering],
])('%s', (_name, maker) => {
  const onlyWith = (wanted: Maker) => ({ tags: maker === wanted ? [] : ['deep'] });

  it('proves who somebody is', async () => {
    const enrollmentId = await asked(maker);
    await type(enrollmentId, maker);
    await reached(process, enrollmentId, 'done');
    expect(answers()).toBe(1);
  });

  it('may be misread, and what it shows then is taken', onlyWith(answering), async () => {
    const enrollmentId = await asked(maker);
    const before = shown(enrollmentId, maker);
    const right = maker.code(before);
    await type(
      enrollmentId,
      maker,
      right.replaceAll(/\d/g, (digit) => `${9 - Number(digit)}`),
    );
    const after = shown(enrollmentId, maker);
    expect(after).toMatchObject({ lastFailure: { problem: { attemptsRemaining: 4 } } });
    // The question of a challenge is good for one answer.
    if (before.display !== undefined) expect(after.display).not.toBe(before.display);
    await type(enrollmentId, maker);
    await reached(process, enrollmentId, 'done');
    expect(answers()).toBe(2);
  });

  it('is asked again by the next run when the wallet was killed before', deep, async () => {
    const enrollmentId = await asked(maker);
    const before = shown(enrollmentId, maker);
    await world.kill(process);
    process = world.open();
    await process.enrollments.resume(enrollmentId);
    await waiting(enrollmentId);
    expect(shown(enrollmentId, maker).display).toBe(before.display);
    await type(enrollmentId, maker);
    await reached(process, enrollmentId, 'done');
    expect(answers()).toBe(1);
  });

  it(
    'has its code sent once, although the wallet was killed before the answer was there',
    onlyWith(counting),
    async () => {
      const enrollmentId = await asked(maker);
      const held = world.ca.faults.arm({ kind: 'hold', resource: 'challenge' });
      const typing = type(enrollmentId, maker);
      await held.reached;
      await world.kill(process);
      await typing.catch(() => undefined);
      process = world.open();
      const { answerSent } = process.wallet.enrollments.find(enrollmentId) ?? {};
      // That it was sent, and nowhere what.
      expect(Object.keys(answerSent ?? {}).sort()).toEqual([
        'at',
        'authorizationUrl',
        'challengeUrl',
      ]);
      process.enrollments.resumeAll();
      await reached(process, enrollmentId, 'done');
      expect(answers()).toBe(1);
    },
  );

  it('has its code sent once, although the answer was lost', deep, async () => {
    const enrollmentId = await asked(maker);
    world.ca.faults.arm({ kind: 'dropAfterActing', resource: 'challenge' });
    await type(enrollmentId, maker);
    await reached(process, enrollmentId, 'done');
    expect(answers()).toBe(1);
  });
});

describe('a token that counts', () => {
  it('is followed by the CA when its person pressed the button too often', deep, async () => {
    const enrollmentId = await asked(counting);
    const { secret = '', counter = 0 } = codes().hotp(world.personId) ?? {};
    const otp = generateSync({ strategy: 'hotp', secret, digits: 6, counter: counter + 3 });
    await type(enrollmentId, counting, otp);
    await reached(process, enrollmentId, 'done');
    expect(codes().hotp(world.personId)?.counter).toBe(counter + 4);
  });
});
