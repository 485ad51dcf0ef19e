import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HttpClient } from '../http/http-client.ts';
import { organizationId, startProving, type Process } from '../testing/enrollment-world.ts';
import { everyNth } from '../testing/made-up.ts';
import { TokenEnrollments } from '../testing/tokens/token-enrollments.ts';

const deep = { tags: ['deep'] };

let stand: TokenEnrollments;

beforeEach(async () => {
  stand = await TokenEnrollments.start();
});

afterEach(() => stand.stop());

const software = { places: ['software'], types: ['P-256'], exportable: false } as const;
const offer = { key: { ...software, places: [...software.places], types: [...software.types] } };

/** A wallet that has an account, and a credential by it. */
async function withAccount(): Promise<Process> {
  const process = await stand.world.joined({ ...offer, install: [] });
  await stand.finish(process, await stand.start(process));
  return process;
}

const isOpen = async () =>
  (await stand.token.tokens.lockOf(await stand.token.reference('work'))).isLoggedIn;
const accountOf = ({ wallet }: Process) => wallet.accounts.list()[0];
const move = async (process: Process, to: 'token' | 'software') =>
  process.enrollments.moveAccountKey({
    organizationId,
    keyPlace: to === 'token' ? await stand.place() : { in: 'software' },
  });

/** Another credential by the account, which shows that its key is the one that the CA knows. */
async function orderMore(process: Process): Promise<void> {
  stand.world.advance(60);
  await stand.finish(process, await stand.start(process));
}

it('moves from software to a token and back, and the account is the same', async () => {
  const process = await withAccount();
  const before = accountOf(process);
  await move(process, 'token');
  const onToken = accountOf(process);
  expect(onToken).toMatchObject({
    ...{ accountUrl: before?.accountUrl, keyPlace: 'token', keyType: 'P-256', keyChange: null },
  });
  expect(process.wallet.sealedKeys.get(before?.keyId ?? '')).toBeNull();
  expect(await stand.keys(process)).toMatchObject([{ owner: 'account' }]);
  expect(await isOpen()).toBe(false);
  await orderMore(process);
  await move(process, 'software');
  expect(accountOf(process)).toMatchObject({
    ...{ accountUrl: before?.accountUrl, keyPlace: 'software', keyChange: null },
  });
  expect(await isOpen()).toBe(false);
  await orderMore(process);
  // Whether the old key could be taken away at once, its login may have ended: it is not lost either way.
  expect((await stand.keys(process)).filter(({ owner }) => owner !== 'left-behind')).toEqual([]);
  const events = process.wallet.activity.entries({ organizationId }).map(({ event }) => event);
  expect(events.filter((event) => event === 'account-key-changed')).toHaveLength(2);
});

it('is not moved when nobody types the PIN, nor while the account is at work', deep, async () => {
  const process = await withAccount();
  const before = accountOf(process);
  stand.pins = [null];
  await expect(move(process, 'token')).rejects.toMatchObject({ reason: 'pin-cancelled' });
  expect(accountOf(process)).toEqual(before);
  expect(process.wallet.tokenKeys.list()).toEqual([]);
  await startProving(process);
  await expect(move(process, 'token')).rejects.toMatchObject({
    failure: { code: 'invalid-request' },
  });
  await expect(
    process.enrollments.moveAccountKey({ organizationId: 'other', keyPlace: { in: 'software' } }),
  ).rejects.toMatchObject({ failure: { code: 'not-found' } });
});

it('that fails leaves the token locked', deep, async () => {
  const process = await withAccount();
  const place = await stand.place();
  const deviceMemory = 0x31;
  stand.shim.answer('C_GenerateKeyPair', deviceMemory);
  const moving = process.enrollments.moveAccountKey({ organizationId, keyPlace: place });
  await expect(moving).rejects.toMatchObject({ reason: 'full' });
  expect(stand.asked).toHaveLength(1);
  expect(await isOpen()).toBe(false);
});

it('is waited for by a revocation, and nobody leaves meanwhile', deep, async () => {
  const first = await withAccount();
  await stand.world.kill(first);
  const reached = Promise.withResolvers<undefined>();
  const goOn = Promise.withResolvers<undefined>();
  stand.world.between = (http) => ({
    request: async (request) => {
      if (/key-?change/i.test(request.url)) {
        reached.resolve(undefined);
        await goOn.promise;
      }
      return http.request(request);
    },
    close: () => undefined,
  });
  const second = stand.world.open();
  const moving = move(second, 'token');
  await reached.promise;
  const [credential] = second.wallet.credentials.list();
  const revoking = second.credentials.revoke(credential?.id ?? '', 'unspecified');
  await expect(second.enrollments.leave(organizationId)).rejects.toMatchObject({
    failure: { code: 'invalid-request' },
  });
  goOn.resolve(undefined);
  await moving;
  await revoking;
  expect(accountOf(second)).toMatchObject({ keyPlace: 'token', keyChange: null });
  expect(second.credentials.summaries()).toMatchObject([{ status: 'revoked' }]);
  expect(await isOpen()).toBe(false);
  await orderMore(second);
});

const moments = [
  ['when the CA had just changed it', 'after'],
  ['just before the CA was asked', 'before'],
] as const;

it.each(everyNth(2, moments))(
  'a wallet that is killed %s finds out which key the CA has',
  async (_title, moment) => {
    const first = await withAccount();
    const before = accountOf(first);
    await stand.world.kill(first);
    const reached = Promise.withResolvers<undefined>();
    stand.world.between = (http) => dyingAt(http, moment, () => reached.resolve(undefined));
    const second = stand.world.open();
    const moving = move(second, 'token').catch((error: unknown) => error);
    await reached.promise;
    await stand.world.kill(second);
    await moving;
    // Its token processes would have ended with it, and their logins.
    await stand.token.tokens.logout(await stand.token.reference('work'));
    stand.world.between = (http) => http;
    const third = stand.world.open();
    expect(accountOf(third)).toMatchObject({ keyChange: { state: 'changing' } });
    await orderMore(third);
    const { keyId, keyPlace, keyChange } = accountOf(third) ?? {};
    expect(keyChange).toBeNull();
    expect(keyPlace).toBe(moment === 'after' ? 'token' : 'software');
    expect(keyId === before?.keyId).toBe(moment === 'before');
    const keys = await stand.keys(third);
    expect(keys.map(({ owner }) => owner)).toEqual([
      moment === 'after' ? 'account' : 'left-behind',
    ]);
  },
);

/** The key change never arrives, or its answer does not; nothing arrives from then on. */
function dyingAt(http: HttpClient, moment: 'before' | 'after', reached: () => void): HttpClient {
  let isDead = false;
  const never = new Promise<never>(() => undefined);
  return {
    request: async (request) => {
      if (isDead) return never;
      if (!/key-?change/i.test(request.url)) return http.request(request);
      isDead = true;
      if (moment === 'after') await http.request(request);
      reached();
      return Promise.race([never, aborted(request.signal)]);
    },
    close: () => undefined,
  };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('killed')), { once: true });
  });
}
