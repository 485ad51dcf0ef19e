import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  domain,
  approvedOffer,
  Approvers,
  startWaiting,
  waitsFor,
} from '../testing/approved-orders.ts';
import { reached, type Process } from '../testing/enrollment-world.ts';
import { SoftwareAuthenticator } from '../testing/passkeys/software-authenticator.ts';
import { SoftwareCeremonies } from '../testing/passkeys/software-ceremonies.ts';
import { TokenEnrollments } from '../testing/tokens/token-enrollments.ts';
import { readRegistration } from '../../ca/passkeys/responses.ts';
import { permittedCreation } from '../passkeys/options.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let at: TokenEnrollments;
let process: Process;
let approvers: Approvers;

beforeEach(async () => {
  at = await TokenEnrollments.start();
  const { world } = at;
  approvers = await Approvers.of(world);
  world.passkeys = {
    ceremonies: new SoftwareCeremonies(await passkeyOfAlex()),
    ways: ['window'],
  };
  process = await world.joined({
    ...{ ...approvedOffer, profile: 'ev-code-signing' },
    key: { types: ['P-256'], places: ['token'], exportable: false },
  });
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  approvers.stop();
  await at.stop();
});

async function passkeyOfAlex(): Promise<SoftwareAuthenticator> {
  const { ca, personId } = at.world;
  const person = ca.people.find(personId);
  if (person === undefined) throw new Error('Alex is missing');
  const authenticator = new SoftwareAuthenticator();
  const applicant = { person, holder: 'test' };
  const { publicKey } = ca.passkeyDesk.begin(applicant);
  const made = authenticator.create(ca.origin, permittedCreation(publicKey, ca.origin));
  await ca.passkeyDesk.finish(applicant, { response: readRegistration(made), name: 'Key' });
  return authenticator;
}

async function proveOneself(enrollmentId: string): Promise<void> {
  const { authorizations } = await reached(
    process,
    enrollmentId,
    'proving',
    ({ sending }) => !sending,
  );
  const challenge = authorizations
    .flatMap(({ challenges }) => challenges)
    .find(({ kind }) => kind === 'passkey');
  const challengeId = challenge?.challengeId ?? '';
  const answer = { by: 'passkey', way: 'window' } as const;
  await process.enrollments.answer({ enrollmentId, challengeId, answer });
}

describe('code signing by a key on a token', () => {
  it('tells those who approve what the token says of the key, and proves the person afterwards', async () => {
    const { enrollmentId, url } = await startWaiting(process, 'Release 4.2');
    const { manufacturer, model, serial } = await at.token.reference('work');
    expect((await approvers.read(url)).document).toMatchObject({
      identifiers: [{ type: 'dns', value: domain }],
      key: {
        ...{ place: 'token', algorithm: 'P-256', neverExtractable: true, local: true },
        token: { manufacturer, model, serial },
      },
    });
    await approvers.approve(url);
    await proveOneself(enrollmentId);
    const { results } = await reached(process, enrollmentId, 'done');
    expect(results).toMatchObject([{ target: 'token', status: 'installed' }]);
  });

  it('stops before the PIN when it is granted and nobody is there, and goes on with somebody', async () => {
    const { world } = at;
    const { enrollmentId, url } = await startWaiting(process, 'Release 4.2');
    await proveOneself(enrollmentId);
    await world.kill(process);
    await at.token.tokens.logoutAll();
    process = world.open();
    const asked = at.asked.length;
    process.enrollments.resumeAll();
    await waitsFor(process, enrollmentId);
    await approvers.approve(url);
    const { failure } = await reached(process, enrollmentId, 'interrupted');
    expect(failure).toMatchObject({ code: 'token', reason: 'pin-needed' });
    expect(at.asked).toHaveLength(asked);
    await process.enrollments.resume(enrollmentId);
    const { results } = await reached(process, enrollmentId, 'done');
    expect(results).toMatchObject([{ target: 'token', status: 'installed' }]);
  });
});
