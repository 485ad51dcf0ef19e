import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EnrollmentState, RecordChallengeView } from '../../shared/enrollment-state.ts';
import { accountLabel } from '../domain-proofs/dns-account-01.ts';
import { DnsClient } from '../domain-proofs/dns-client.ts';
import { DnsUpdatePublisher } from '../domain-proofs/dns-update.ts';
import { Visibility } from '../domain-proofs/visibility.ts';
import { reached, request, World, type Process } from '../testing/enrollment-world.ts';
import type { HttpClient } from '../http/http-client.ts';
import { startKnot, type Knot } from '../testing/knot.ts';

type ProvingState = Extract<EnrollmentState, { step: 'proving' }>;
type DnsType = 'dns-01' | 'dns-account-01' | 'dns-persist-01';

let knot: Knot;
let world: World;
let process: Process;
let place = 0;

const dns = new DnsClient();

beforeAll(async () => {
  knot = await startKnot({ zones: { 'example.test': [], test: [] } });
});
afterAll(() => knot.stop());

beforeEach(async () => {
  world = await World.start({ dnsServer: knot.address, validationRetrySeconds: [] });
  const visibility = new Visibility({ dns, resolvers: [], authorities: [knot.server] });
  world.lookAtRecord = (record, signal) => visibility.lookAt(record, signal);
});
afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

/** A wallet that has asked for a certificate for a service; every test has names of its own. */
async function started(wildcard = false): Promise<{ enrollmentId: string; host: string }> {
  const host = `host${(place += 1)}.example.test`;
  process = await world.joined({
    purpose: 'service',
    profile: 'web-service',
    identifiers: [{ type: 'dns', value: wildcard ? `*.${host}` : host }],
  });
  const { enrollmentId } = await process.enrollments.start(request);
  return { enrollmentId, host };
}

async function asked(wildcard = false): Promise<{ enrollmentId: string; host: string }> {
  const { enrollmentId, host } = await started(wildcard);
  await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
  return { enrollmentId, host };
}

function stateOf(enrollmentId: string): ProvingState {
  const state = process.enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  if (state?.step !== 'proving') throw new Error(`it is ${state?.step ?? 'gone'}`);
  return state;
}

function shown(enrollmentId: string, type: DnsType): RecordChallengeView {
  const challenges = stateOf(enrollmentId).authorizations.flatMap((each) => each.challenges);
  const challenge = challenges.find((each) => each.type === type);
  if (challenge?.kind !== 'record') throw new Error(`no record is shown for ${type}`);
  return challenge;
}

const claim = (enrollmentId: string, type: DnsType, unseen = false): Promise<void> => {
  const { challengeId } = shown(enrollmentId, type);
  const answer = { by: 'record', unseen } as const;
  return process.enrollments.answer({ enrollmentId, challengeId, answer });
};

const publish = ({ record }: RecordChallengeView, value = record.value) =>
  new DnsUpdatePublisher({ dns, server: knot.server, key: knot.key }).publish({ ...record, value });

const answers = (): number => world.ca.requestLog.count({ resource: 'challenge' });

describe('a person who publishes a record', () => {
  it.each(['dns-01', 'dns-account-01', 'dns-persist-01'] as const)(
    'is shown that of %s, told what can be seen, and gets the credential',
    async (type) => {
      const { enrollmentId, host } = await asked();
      const challenge = shown(enrollmentId, type);
      const { record } = shown(enrollmentId, 'dns-persist-01');
      const [, accountUrl = ''] = /accounturi=([^;]+)/.exec(record.value) ?? [];
      const label = {
        'dns-01': '_acme-challenge',
        'dns-account-01': `${accountLabel(accountUrl)}._acme-challenge`,
        'dns-persist-01': '_validation-persist',
      }[type];
      expect(challenge.record.name).toBe(`${label}.${host}`);
      expect(challenge.stays).toBe(type === 'dns-persist-01');
      expect(challenge.sighting).toBeUndefined();
      const lasting = { issuer: 'localhost', isUnlisted: false, includesNamesBelow: false };
      expect(challenge.permits).toEqual(challenge.stays ? lasting : undefined);

      await claim(enrollmentId, type);
      expect(shown(enrollmentId, type).sighting).toMatchObject({ seen: 'nothing' });
      await publish(challenge, 'a value from the last time');
      await claim(enrollmentId, type);
      expect(shown(enrollmentId, type).sighting).toMatchObject({
        seen: 'other',
        values: ['a value from the last time'],
      });
      expect(answers()).toBe(0);

      await publish(challenge);
      await claim(enrollmentId, type);
      await reached(process, enrollmentId, 'done');
      expect(answers()).toBe(1);
      const events = process.wallet.activity.entries().map(({ event }) => event);
      expect(events).not.toContain('code-sent');
    },
  );

  it('for all names below one is told which those are', async () => {
    const { enrollmentId, host } = await asked(true);
    const [authorization] = stateOf(enrollmentId).authorizations;
    expect(authorization?.identifier).toEqual({ type: 'dns', value: `*.${host}` });
    const challenge = shown(enrollmentId, 'dns-persist-01');
    expect(challenge.record.value).toMatch(/; policy=wildcard$/);
    expect(challenge.permits).toMatchObject({ includesNamesBelow: true });
    await publish(challenge);
    await claim(enrollmentId, 'dns-persist-01');
    await reached(process, enrollmentId, 'done');
  });

  it('can leave the look to the CA where none is possible, and only there', async () => {
    const { enrollmentId } = await asked();
    const challenge = shown(enrollmentId, 'dns-01');
    await claim(enrollmentId, 'dns-01', true);
    expect(shown(enrollmentId, 'dns-01').sighting).toMatchObject({ seen: 'nothing' });
    expect(answers()).toBe(0);
    await world.kill(process);
    world.lookAtRecord = undefined;
    process = world.open();
    await process.enrollments.resume(enrollmentId);
    await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
    expect(shown(enrollmentId, 'dns-01').record).toEqual(challenge.record);
    await publish(challenge);
    await claim(enrollmentId, 'dns-01');
    expect(shown(enrollmentId, 'dns-01').sighting).toMatchObject({ seen: 'unknown' });
    expect(answers()).toBe(0);
    await claim(enrollmentId, 'dns-01', true);
    await reached(process, enrollmentId, 'done');
  });

  it('is told when the CA saw something else', async () => {
    world.lookAtRecord = () => Promise.resolve({ seen: 'record' });
    const { enrollmentId } = await asked();
    await claim(enrollmentId, 'dns-01');
    const failed = await reached(process, enrollmentId, 'failed');
    expect(failed).toMatchObject({ at: 'prove', failure: { code: 'authorization-failed' } });
  });

  it('who cancels amid a look is not kept waiting', async () => {
    const looking = Promise.withResolvers<undefined>();
    world.lookAtRecord = (_record, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        looking.resolve(undefined);
      });
    const { enrollmentId } = await asked();
    const claimed = claim(enrollmentId, 'dns-01');
    await looking.promise;
    expect(stateOf(enrollmentId).sending).toBe(true);
    await expect(claim(enrollmentId, 'dns-account-01')).rejects.toMatchObject({
      failure: { code: 'invalid-request' },
    });
    await process.enrollments.cancel(enrollmentId);
    await reached(process, enrollmentId, 'cancelled');
    await claimed;
  });
});

/** A CA whose authorizations say something else. */
const rewriting =
  (changes: Readonly<Record<string, unknown>>) =>
  (http: HttpClient): HttpClient => ({
    request: async (sent) => {
      const response = await http.request(sent);
      const text = Buffer.from(response.body).toString();
      if (!text.startsWith('{') || !text.includes('"challenges"')) return response;
      const changed = { ...(JSON.parse(text) as object), ...changes };
      return { ...response, body: Buffer.from(JSON.stringify(changed)) };
    },
    close: () => http.close(),
  });

it.each([
  ['another domain', { identifier: { type: 'dns', value: 'bank.example' } }],
  ['all names below the domain', { wildcard: true }],
])('no record is shown for %s when that was not ordered', async (_title, changes) => {
  world.between = rewriting(changes);
  const { enrollmentId } = await started();
  expect(await reached(process, enrollmentId, 'failed')).toMatchObject({
    at: 'prove',
    failure: { code: 'acme-protocol', detail: expect.stringMatching(/^not-ordered/) as string },
  });
  expect(answers()).toBe(0);
});

it('texts at the name cannot do anything to the text around them', async () => {
  const values = ['\u202etxt\n\u0000ü', 'x'.repeat(1_000), '1', '2', '3', '4'];
  world.lookAtRecord = () => Promise.resolve({ seen: 'other', values });
  const { enrollmentId } = await asked();
  await claim(enrollmentId, 'dns-01');
  const { sighting } = shown(enrollmentId, 'dns-01');
  expect(sighting).toMatchObject({
    values: ['\ufffdtxt\ufffd\ufffd\ufffd', 'x'.repeat(300), '1', '2', '3'],
  });
});

it('a code is no answer to a challenge by record, and a record none to one by code', async () => {
  const { enrollmentId } = await asked();
  const { challengeId } = shown(enrollmentId, 'dns-01');
  const refused = { failure: { code: 'invalid-request' } };
  const otp = { enrollmentId, challengeId, answer: { by: 'code', otp: '123456' } } as const;
  await expect(process.enrollments.answer(otp)).rejects.toMatchObject(refused);
  await world.kill(process);
  process = world.open();
  await world.join(process);
  const started = await process.enrollments.start(request);
  const state = await reached(process, started.enrollmentId, 'proving', ({ sending }) => !sending);
  const [code] = state.authorizations.flatMap(({ challenges }) => challenges);
  const answer = { by: 'record', unseen: true } as const;
  const wrong = { ...started, challengeId: code?.challengeId ?? '', answer };
  await expect(process.enrollments.answer(wrong)).rejects.toMatchObject(refused);
});
