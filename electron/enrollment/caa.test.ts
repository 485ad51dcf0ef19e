import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import { CaaCheck } from '../domain-proofs/caa-check.ts';
import { DnsClient } from '../domain-proofs/dns-client.ts';
import { DnsError } from '../domain-proofs/dns-error.ts';
import { classes, recordTypes } from '../domain-proofs/dns-message.ts';
import { DnsUpdatePublisher } from '../domain-proofs/dns-update.ts';
import { reached, request, World, type Process } from '../testing/enrollment-world.ts';
import { startKnot, type Knot } from '../testing/knot.ts';
import type { LookAtCaa } from './caa.ts';

let knot: Knot;
let world: World;
let process: Process;
/** What was asked about, in order. */
let looks: string[];

const dns = new DnsClient();
const identities = ['CA.example', 'authority.example', 'not a name', 'ca.example'];

beforeAll(async () => {
  knot = await startKnot({
    zones: {
      test: [],
      'example.test': [
        'named CAA 0 issue "authority.example"',
        'others CAA 0 issue "stranger.example"',
        'cured CAA 0 issue "stranger.example"',
        'tame CAA 0 issue "ca.example"',
        'tame CAA 0 issuewild ";"',
        'pinned CAA 0 issue "ca.example; accounturi=https://ca.example/acct/4711"',
        'web CAA 0 issue "ca.example; validationmethods=http-01"',
        'critical CAA 0 issue "ca.example"',
        'critical CAA 128 future "x"',
      ],
    },
  });
});
afterAll(() => knot.stop());

const lookAtKnot: LookAtCaa = (domain, wish, signal) => {
  looks.push(domain);
  const check = new CaaCheck({
    ...{ dns, resolvers: [knot.server], port: knot.server.port ?? 0, leadsHome: true },
  });
  return check.lookAt(domain, wish, signal);
};

async function begin(caaIdentities: readonly string[] = identities): Promise<void> {
  looks = [];
  world = await World.start({
    dnsServer: knot.address,
    caaIdentities,
    validationRetrySeconds: [],
  });
  world.lookAtCaa = lookAtKnot;
}

beforeEach(() => begin());
afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

async function start(
  domains: readonly string[],
  changes: Partial<CredentialOffer> = {},
): Promise<string> {
  process = await world.joined({
    purpose: 'codeSigning',
    profile: 'web-service',
    identifiers: domains.map((value) => ({ type: 'dns', value })),
    ...changes,
  });
  return (await process.enrollments.start(request)).enrollmentId;
}

const proving = (enrollmentId: string) =>
  reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
/** A certificate that is not for signing, up to the CA's decision. */
async function proven(domain: string): Promise<string> {
  const enrollmentId = await start([domain], { purpose: 'service' });
  const { authorizations } = await proving(enrollmentId);
  const challenge = authorizations[0]?.challenges.find(({ type }) => type === 'dns-01');
  if (challenge?.kind !== 'record') throw new Error('no record is shown');
  const publisher = new DnsUpdatePublisher({ dns, server: knot.server, key: knot.key });
  await publisher.publish(challenge.record);
  const { challengeId } = challenge;
  const answer = { by: 'record', unseen: true } as const;
  await process.enrollments.answer({ enrollmentId, challengeId, answer });
  return enrollmentId;
}

const stopped = (enrollmentId: string) => reached(process, enrollmentId, 'interrupted');

/** What reached the CA of an enrolment, apart from the directory. */
const requests = (): number =>
  (['newAccount', 'newOrder', 'newNonce'] as const)
    .map((resource) => world.ca.requestLog.count({ resource }))
    .reduce((sum, each) => sum + each, 0);

const failed = async (
  domain: string,
): Promise<Extract<EnrollmentState, { step: 'interrupted' }>['failure']> => {
  const state = await stopped(await start([domain]));
  expect(state.at).toBe('preflight');
  return state.failure;
};

describe('before a certificate for signing is ordered', () => {
  it('the CA’s names are shown, and where the records name one it goes on', async () => {
    const state = await proving(await start(['named.example.test', 'free.example.test']));
    expect(state.caa).toEqual({ identities: ['CA.example', 'authority.example'], unasked: [] });
    expect(looks).toEqual(['named.example.test', 'free.example.test']);
  });

  it('a domain that names others stops it, with nothing asked of the CA', async () => {
    expect(await failed('host.others.example.test')).toEqual({
      code: 'caa',
      reason: 'issuer',
      domain: 'host.others.example.test',
      at: 'others.example.test',
      issuer: 'CA.example',
      record: { name: 'others.example.test', tag: 'issue', value: 'CA.example' },
    });
    expect(requests()).toBe(0);
  });

  it('publishing the record that is shown is the cure', async () => {
    const enrollmentId = await start(['cured.example.test']);
    const { failure } = await stopped(enrollmentId);
    if (failure?.code !== 'caa' || failure.record === undefined) throw new Error('no cure');
    const { name, tag, value } = failure.record;
    const data = Buffer.concat([Buffer.from([0, tag.length]), Buffer.from(tag + value)]);
    const record = { name, type: recordTypes.CAA, class: classes.IN, ttl: 60, data };
    const update = { server: knot.server, key: knot.key, transport: 'tcp' } as const;
    await dns.update({ ...update, zone: 'example.test', changes: [record] });
    await process.enrollments.resume(enrollmentId);
    expect((await proving(enrollmentId)).caa?.unasked).toEqual([]);
    // The CA, which asks for itself, has no profile for signing: it shows with another what it makes of the record.
    await world.kill(process);
    const permitted = await proven('cured.example.test');
    await reached(process, permitted, 'done');
    await world.kill(process);
    const forbidden = await proven('others.example.test');
    expect(await reached(process, forbidden, 'failed')).toMatchObject({
      failure: { problem: { type: 'urn:ietf:params:acme:error:caa' } },
    });
  });

  it('the cure of a wildcard is for wildcards', async () => {
    expect(await failed('*.tame.example.test')).toMatchObject({
      domain: '*.tame.example.test',
      at: 'tame.example.test',
      record: { tag: 'issuewild', value: 'CA.example' },
    });
  });

  it('records for another account or other proofs stop it', async () => {
    expect(await failed('pinned.example.test')).toMatchObject({
      reason: 'account',
      // There is no account yet that could be named.
      record: { value: 'CA.example' },
    });
    await world.kill(process);
    expect(await failed('web.example.test')).toMatchObject({
      reason: 'method',
      record: { value: 'CA.example; validationmethods=dns-01,dns-account-01,dns-persist-01' },
    });
  });

  it('no record helps against a critical one that is not known', async () => {
    const failure = await failed('critical.example.test');
    expect(failure).toMatchObject({ reason: 'critical', at: 'critical.example.test' });
    expect(failure).not.toHaveProperty('record');
  });

  it('it goes on where nobody can be asked, and says about what', async () => {
    world.lookAtCaa = (domain, wish, signal) =>
      domain.startsWith('far.')
        ? Promise.resolve({ verdict: 'unknown', cause: new DnsError('timeout', 'asking') })
        : lookAtKnot(domain, wish, signal);
    const state = await proving(await start(['named.example.test', 'far.example.test']));
    expect(state.caa?.unasked).toEqual(['far.example.test']);
  });

  it('it goes on where the CA does not say what it is called', async () => {
    await world.stop();
    await begin(['', 'https://ca.example']);
    const state = await proving(await start(['others.example.test']));
    expect(state.caa).toEqual({ identities: [], unasked: [] });
    expect(looks).toEqual([]);
  });

  it('whoever cancels amid the look is not kept waiting', async () => {
    const looking = Promise.withResolvers<undefined>();
    world.lookAtCaa = (_domain, _wish, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        looking.resolve(undefined);
      });
    const enrollmentId = await start(['named.example.test']);
    await looking.promise;
    await process.enrollments.cancel(enrollmentId);
    await reached(process, enrollmentId, 'cancelled');
    expect(requests()).toBe(0);
  });
});

describe('what is not signed for a domain', () => {
  it('is left alone: other purposes', async () => {
    const state = await proving(await start(['others.example.test'], { purpose: 'service' }));
    expect(state.caa).toBeUndefined();
    expect(looks).toEqual([]);
  });

  it('is left alone: other identifiers', async () => {
    const identifiers: CredentialOffer['identifiers'] = [
      { type: 'email', value: '{subject.email}' },
    ];
    const state = await proving(
      await start([], { purpose: 'documentSigning', profile: 'employee', identifiers }),
    );
    expect(state.caa).toBeUndefined();
    expect(looks).toEqual([]);
  });
});

it('what was ordered before is not looked at again', async () => {
  const enrollmentId = await start(['named.example.test'], { purpose: 'documentSigning' });
  await proving(enrollmentId);
  expect(looks).toHaveLength(1);
  await world.kill(process);
  world.lookAtCaa = (domain, wish, signal) => lookAtKnot(`others.${domain}`, wish, signal);
  process = world.open();
  await process.enrollments.resume(enrollmentId);
  expect((await proving(enrollmentId)).caa?.identities).toHaveLength(2);
  expect(looks).toHaveLength(1);
});
