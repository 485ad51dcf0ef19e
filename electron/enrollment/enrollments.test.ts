import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { organizationId, reached, World, type Process } from '../testing/enrollment-world.ts';

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(async () => {
  await world.stop();
});

const request = { organizationId, offerId: 'wifi' };

/** Starts, and waits until the code is asked for. */
async function proving(process: Process) {
  const { enrollmentId } = await process.enrollments.start(request);
  const state = await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
  const challengeId = state.authorizations[0]?.challenges[0]?.challengeId ?? '';
  const answer = (otp: string) => process.enrollments.answerOtp({ enrollmentId, challengeId, otp });
  return { enrollmentId, challengeId, answer, state };
}

describe('an enrolment', () => {
  it('goes from the invitation to a credential that works, in RFC order', async () => {
    const process = await world.joined();
    const { enrollmentId, answer, state } = await proving(process);
    expect(state).toMatchObject({
      caHost: new URL(world.ca.origin).host,
      subject: 'alex@example.test',
      authorizations: [
        {
          identifier: { type: 'email', value: 'alex@example.test' },
          status: 'pending',
          challenges: [{ type: 'totp-01', supported: true, digits: 6, period: 30 }],
        },
      ],
    });
    await answer(world.code());
    const done = await reached(process, enrollmentId, 'done');
    expect(done.results).toEqual([{ target: 'nss', status: 'working' }]);
    expect(done.timeline.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'preflight done',
      'key done',
      'account done',
      'order done',
      'prove done',
      'issue done',
      'install done',
    ]);
    expect(process.unforeseen).toEqual([]);
  });
});
