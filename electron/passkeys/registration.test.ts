import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AcmeClient } from '../acme/client.ts';
import { HttpError } from '../http/http-client.ts';
import { Turns } from '../keys/turns.ts';
import {
  organizationId,
  reached,
  startProving,
  World,
  type Process,
} from '../testing/enrollment-world.ts';
import { SoftwareAuthenticator } from '../testing/passkeys/software-authenticator.ts';
import { SoftwareCeremonies } from '../testing/passkeys/software-ceremonies.ts';
import { Registrations } from './registration.ts';

const inSoftware = { organizationId, keyPlace: { in: 'software' } } as const;
const byWindow = { organizationId, way: 'window' } as const;

let world: World;
let authenticator: SoftwareAuthenticator;
let ceremonies: SoftwareCeremonies;
const closing = new AbortController().signal;

beforeEach(async () => {
  world = await World.start();
  authenticator = new SoftwareAuthenticator();
  ceremonies = new SoftwareCeremonies(authenticator);
});

afterEach(() => world.stop());

function registrationsOf({ wallet, ring }: Process): Registrations {
  const { clock, now } = world;
  return new Registrations({
    ...{ wallet, keys: ring, ceremonies, turns: new Turns(), randomUuid: randomUUID, now, closing },
    connect: (_organizationId, account) =>
      AcmeClient.connect({ http: world.http, clock, ...account }),
    planKey: () =>
      Promise.resolve({ type: 'P-256', place: 'software', home: { place: 'software' } }),
  });
}

/** A wallet that has proven by code a moment ago who its person is. */
async function proven(): Promise<Process> {
  const process = await world.joined();
  await prove(process);
  return process;
}

async function prove(process: Process): Promise<void> {
  const { enrollmentId, answer } = await startProving(process);
  await answer(world.code());
  await reached(process, enrollmentId, 'done');
}

it('makes a passkey that the CA then knows', async () => {
  const process = await proven();
  const registrations = registrationsOf(process);
  const matchingCode: unknown = expect.stringMatching(/^[A-Za-z0-9_-]{8}$/);
  expect(await registrations.credentials(organizationId)).toEqual({
    ...{ passkeys: [], keys: [], canRegister: true, matchingCode },
  });
  await registrations.registerPasskey({ ...byWindow, name: 'Laptop' });
  const { passkeys } = await registrations.credentials(organizationId);
  expect(passkeys).toMatchObject([{ id: authenticator.ids[0], name: 'Laptop' }]);
  expect(ceremonies.asked).toMatchObject([
    {
      ...{ way: 'window', organizationId, origin: world.ca.origin },
      page: `${world.ca.origin}/portal/passkey`,
      options: { rp: { id: new URL(world.ca.origin).hostname } },
    },
  ]);
  expect(process.wallet.activity.entries({ organizationId }).map(({ event }) => event)).toContain(
    'passkey-registered',
  );
});

it('makes a key pair that the CA then knows, and forgets it on both sides', async () => {
  const process = await proven();
  const registrations = registrationsOf(process);
  await registrations.registerKey(inSoftware);
  const { keys } = await registrations.credentials(organizationId);
  expect(keys).toMatchObject([{ place: 'software', thumbprint: expect.any(String) as string }]);
  expect(keys[0]).not.toHaveProperty('keyId');
  const [row] = process.wallet.registeredKeys.list(organizationId);
  expect(row).toMatchObject({ state: 'registered', thumbprint: keys[0]?.thumbprint });
  const [own] = registrations.keysOf(organizationId);
  expect(process.keys.has(own?.keyId ?? '')).toBe(true);

  const id = keys[0]?.thumbprint ?? '';
  await registrations.forget({ organizationId, kind: 'key', id });
  expect((await registrations.credentials(organizationId)).keys).toEqual([]);
  expect(process.wallet.registeredKeys.list(organizationId)).toEqual([]);
  expect(process.keys.has(own?.keyId ?? '')).toBe(false);
  // Forgetting what is forgotten is done already.
  await registrations.forget({ organizationId, kind: 'key', id });
});

it('is refused by the CA when nobody has proven anything for a while, and leaves no key', async () => {
  const process = await proven();
  const registrations = registrationsOf(process);
  world.advance(11 * 60);
  expect((await registrations.credentials(organizationId)).canRegister).toBe(false);
  await expect(registrations.registerPasskey(byWindow)).rejects.toMatchObject({
    type: 'unauthorized',
  });
  expect(ceremonies.asked).toEqual([]);
  await expect(registrations.registerKey(inSoftware)).rejects.toMatchObject({
    type: 'unauthorized',
  });
  expect(process.wallet.registeredKeys.list(organizationId)).toEqual([]);
});

it('finds out what became of a registration whose answer was lost', async () => {
  const process = await proven();
  let isLost = false;
  const { between } = world;
  world.between = (http) => ({
    ...http,
    close: () => undefined,
    request: async (request) => {
      const response = await http.request(request);
      if (isLost && request.method === 'POST' && request.url.endsWith('/new-credential')) {
        isLost = false;
        throw new HttpError('reset', 'ca.example');
      }
      return response;
    },
  });
  const registrations = registrationsOf(process);
  await registrations.credentials(organizationId);
  isLost = true;
  await expect(registrations.registerKey(inSoftware)).rejects.toMatchObject({
    code: 'acme-outcome-unknown',
  });
  world.between = between;
  expect(process.wallet.registeredKeys.list(organizationId)).toMatchObject([
    { state: 'registering' },
  ]);
  expect((await registrations.credentials(organizationId)).keys).toHaveLength(1);
  expect(process.wallet.registeredKeys.list(organizationId)).toMatchObject([
    { state: 'registered' },
  ]);
});

it('gives up a key that a killed wallet had only begun to register', async () => {
  const process = await proven();
  const keyId = randomUUID();
  await process.keys.generate('P-256', keyId);
  process.wallet.registeredKeys.save({
    ...{ keyId, organizationId, place: 'software', createdAt: world.now().toISOString() },
    ...{ state: 'registering', thumbprint: null },
  });
  const registrations = registrationsOf(process);
  expect((await registrations.credentials(organizationId)).keys).toEqual([]);
  expect(process.wallet.registeredKeys.list(organizationId)).toEqual([]);
  expect(process.keys.has(keyId)).toBe(false);
});

it('can be stopped while the person has the passkey in hand', async () => {
  const process = await proven();
  const registrations = registrationsOf(process);
  const register = ceremonies.register.bind(ceremonies);
  ceremonies.register = async (request, signal) => {
    registrations.stopRegistering(organizationId);
    return register(request, signal);
  };
  await expect(registrations.registerPasskey(byWindow)).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect((await registrations.credentials(organizationId)).passkeys).toEqual([]);
});

it('has nothing to show before there is an account', async () => {
  const process = await world.joined();
  const registrations = registrationsOf(process);
  expect(await registrations.credentials(organizationId)).toEqual({
    ...{ passkeys: [], keys: [], canRegister: false },
  });
  await expect(registrations.registerPasskey(byWindow)).rejects.toMatchObject({
    failure: { code: 'not-found' },
  });
});

it('goes with the organisation', async () => {
  const process = await proven();
  await registrationsOf(process).registerKey(inSoftware);
  const [own] = registrationsOf(process).keysOf(organizationId);
  await process.enrollments.leave(organizationId);
  expect(process.wallet.registeredKeys.list(organizationId)).toEqual([]);
  expect(process.keys.has(own?.keyId ?? '')).toBe(false);
});
