import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StrayPasskey } from '../../ca/fault-kinds.ts';
import { readRegistration } from '../../ca/passkeys/responses.ts';
import { permittedCreation } from '../passkeys/options.ts';
import { reached, request, World, type Process } from '../testing/enrollment-world.ts';
import { SoftwareAuthenticator } from '../testing/passkeys/software-authenticator.ts';
import { SoftwareCeremonies } from '../testing/passkeys/software-ceremonies.ts';

// A CA, and a whole enrolment in each test.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
let ceremonies: SoftwareCeremonies;
let process: Process;

beforeEach(async () => {
  world = await World.start();
  const authenticator = new SoftwareAuthenticator();
  await register(authenticator);
  ceremonies = new SoftwareCeremonies(authenticator);
  world.passkeys = { ceremonies, ways: ['window', 'browser'] };
  process = await world.joined();
});

afterEach(() => world.stop());

/** By a link of the portal, in some browser. */
async function register(authenticator: SoftwareAuthenticator): Promise<void> {
  const { passkeyDesk, people, origin } = world.ca;
  const person = people.find(world.personId);
  const link = passkeyDesk.findLink(passkeyDesk.makeLink(world.personId).token);
  if (person === undefined || link === undefined) throw new Error('nobody is there');
  const { publicKey } = passkeyDesk.beginByLink(link, person);
  const made = authenticator.create(origin, permittedCreation(publicKey, origin));
  const response = readRegistration(made);
  await passkeyDesk.finishByLink(link, person, { response, name: 'Mine' });
}

async function startProving() {
  const { enrollmentId } = await process.enrollments.start(request);
  const state = await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
  const { challenges = [], proposed } = state.authorizations[0] ?? {};
  const passkey = challenges.find(({ type }) => type === 'ppkp-01');
  const code = challenges.find(({ type }) => type === 'totp-01');
  const idOf = (challenge = code) => challenge?.challengeId ?? '';
  return { enrollmentId, proposed, passkey, passkeyId: idOf(passkey), codeId: idOf() };
}

const responses = (): number =>
  world.ca.requestLog.count({ resource: 'challenge', method: 'POST' });

describe('a passkey that a CA asks for', () => {
  it.each<[StrayPasskey, string]>([
    ['otherHost', 'rp-id'],
    ['otherChallenge', 'challenge'],
    ['otherPage', 'page'],
  ])('by %s is shown to nobody, and the code still proves it', async (by, because) => {
    world.ca.faults.arm({ kind: 'strayPasskey', by, times: 100 });
    const { enrollmentId, proposed, passkey, passkeyId, codeId } = await startProving();
    expect(passkey).toMatchObject({ kind: 'unsupported', because });
    expect(proposed).toBe(codeId);
    for (const way of ['window', 'browser'] as const) {
      const answer = { by: 'passkey', way } as const;
      await expect(
        process.enrollments.answer({ enrollmentId, challengeId: passkeyId, answer }),
      ).rejects.toMatchObject({ failure: { code: 'invalid-request' } });
    }
    expect([ceremonies.asked, responses()]).toEqual([[], 0]);
    const answer = { by: 'code', otp: world.code() } as const;
    await process.enrollments.answer({ enrollmentId, challengeId: codeId, answer });
    await reached(process, enrollmentId, 'done');
    expect(ceremonies.asked).toEqual([]);
  });
});
