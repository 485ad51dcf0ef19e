import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TokenEnrollments, tokenOffer } from '../testing/tokens/token-enrollments.ts';
import { everyNth } from '../testing/made-up.ts';
import { startProving } from '../testing/enrollment-world.ts';

const deep = { tags: ['deep'] };

let stand: TokenEnrollments;

beforeEach(async () => {
  stand = await TokenEnrollments.start();
});

afterEach(() => stand.stop());

describe('an enrolment with a key on a token', () => {
  it('makes it there, asks for the PIN once, and writes the certificate beside it', async () => {
    const process = await stand.world.joined(tokenOffer);
    const id = await stand.start(process);
    const { credentialId, results } = await stand.finish(process, id);
    expect(stand.asked.map(({ reason }) => reason)).toEqual(['make-key']);
    expect(stand.asked[0]).toMatchObject({
      ...{ token: { label: 'work' }, organizationName: { en: 'Example' }, login: 'pin' },
    });
    expect(results).toMatchObject([
      {
        ...{ target: 'token', status: 'installed' },
        installation: { proofs: [{ status: 'proven', method: 'signature', by: 'work' }] },
      },
    ]);
    expect(process.credentials.summaries()).toMatchObject([
      { key: { type: 'P-256', place: 'token', exportable: false, token: { label: 'work' } } },
    ]);
    expect(await stand.keys(process)).toMatchObject([{ owner: 'credential', credentialId }]);
    const [token] =
      stand.token.tokens.modules[0]?.readers.flatMap((each) => each.token ?? []) ?? [];
    const leaf = new X509Certificate(process.wallet.credentials.find(credentialId)?.chain ?? '');
    expect(token?.certificates.some(({ keyId }) => keyId === token.keys[0]?.keyId)).toBe(true);
    const events = process.wallet.activity.entries({ credentialId }).map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(['token-key-made', 'token-certificate-written']));
    const made = process.wallet.tokenKeys.list()[0];
    expect(Buffer.from(made?.spki ?? '')).toEqual(
      leaf.publicKey.export({ format: 'der', type: 'spki' }),
    );
  });

  it('falls back to the next place of the offer when no token is there', deep, async () => {
    await stand.tokenId();
    stand.shim.remove();
    await stand.token.tokens.refresh();
    const process = await stand.world.joined(tokenOffer);
    await stand.finish(process, await stand.start(process));
    expect(process.credentials.summaries()).toMatchObject([{ key: { place: 'software' } }]);
    expect(stand.asked).toEqual([]);
  });

  it.each([
    ['has no room', () => stand.shim.full(), 'full'],
    ['may not be written', () => stand.shim.readOnly(), 'read-only'],
    ['is locked', () => stand.shim.tokenFlags(0x40000), 'pin-locked'],
    ['wants its PIN changed', () => stand.shim.tokenFlags(0x80000), 'pin-to-be-changed'],
  ] as const)(
    'is refused before anything when the token %s',
    deep,
    async (_title, spoil, reason) => {
      const process = await stand.world.joined(tokenOffer);
      const place = await stand.place();
      spoil();
      await stand.token.tokens.refresh();
      await expect(stand.start(process, place)).rejects.toMatchObject({ code: 'token', reason });
      expect(process.enrollments.states()).toEqual([]);
      expect(stand.asked).toEqual([]);
    },
  );

  it('asks again after a wrong PIN, tells which, and stops when nobody answers any more', async () => {
    stand.pins = ['000000', '111111', null];
    const process = await stand.world.joined(tokenOffer);
    const id = await stand.start(process);
    const state = await stand.interrupted(process, id);
    expect(state).toMatchObject({ at: 'key', failure: { code: 'token', reason: 'pin-cancelled' } });
    expect(stand.asked.map(({ failure }) => failure)).toMatchObject([
      undefined,
      { code: 'token', reason: 'pin-incorrect' },
      { code: 'token', reason: 'pin-incorrect' },
    ]);
    // Nothing was made, so nothing is remembered.
    expect(process.wallet.tokenKeys.list()).toEqual([]);
    stand.pins = ['123456'];
    await process.enrollments.resume(id);
    await stand.finish(process, id);
  });

  it(
    'stops for good when the last try was wrong, and says that the token is locked',
    deep,
    async () => {
      stand.shim.lockAfter(3);
      stand.pins = ['000000'];
      const process = await stand.world.joined(tokenOffer);
      const id = await stand.start(process);
      const { failure } = await stand.interrupted(process, id);
      expect(failure).toMatchObject({ code: 'token', reason: 'pin-locked' });
      expect(stand.asked.map(({ pin }) => pin)).toEqual(['ok', 'count-low', 'final-try']);
    },
  );

  it('takes a key that is there, and leaves it there when the credential goes', deep, async () => {
    const first = await stand.world.joined(tokenOffer);
    const token = await stand.token.reference('work');
    const { tokens } = stand.token;
    const foreign = 'ab'.repeat(8);
    const pin = Uint8Array.from(Buffer.from('123456'));
    await tokens.login(token, { pin, acceptFinalTry: false, hold: { seconds: 60, uses: 9 } });
    const found = await tokens.generateKeyPair(token, {
      ...{ type: 'RSA-2048', id: foreign, label: 'theirs' },
    });
    await tokens.logout(token);
    await tokens.refresh();
    const id = await stand.start(first, await stand.place(foreign));
    const { credentialId } = await stand.finish(first, id);
    expect(first.credentials.summaries()).toMatchObject([{ key: { type: 'RSA-2048' } }]);
    expect(Buffer.from(first.wallet.tokenKeys.list()[0]?.spki ?? '')).toEqual(
      Buffer.from(found.publicSpki),
    );
    // It is a credential's now.
    await expect(stand.start(first, await stand.place(foreign))).rejects.toMatchObject({
      ...{ code: 'token', reason: 'refused' },
    });
    await first.credentials.remove(credentialId);
    expect(await stand.keys(first)).toMatchObject([{ keyId: foreign, owner: 'foreign' }]);
    const views = tokens.modules.flatMap(({ readers }) =>
      readers.flatMap((each) => each.token ?? []),
    );
    expect(
      views.flatMap((each) => each.certificates).filter((each) => each.keyId === foreign),
    ).toEqual([]);
  });

  it('removed as a credential leaves nothing on the token', async () => {
    const process = await stand.world.joined(tokenOffer);
    const { credentialId } = await stand.finish(process, await stand.start(process));
    await process.credentials.remove(credentialId);
    expect(await stand.keys(process)).toEqual([]);
    expect(process.wallet.tokenKeys.list()).toEqual([]);
  });

  it(
    'whose token is lost can be removed as a credential, and the key waits to be removed',
    deep,
    async () => {
      const process = await stand.world.joined(tokenOffer);
      const { credentialId } = await stand.finish(process, await stand.start(process));
      stand.shim.remove();
      await stand.token.tokens.refresh();
      await process.credentials.remove(credentialId);
      expect(process.credentials.summaries()).toEqual([]);
      stand.shim.insert();
      const [key] = await stand.keys(process);
      expect(key).toMatchObject({ owner: 'left-behind' });
      const token = await stand.token.reference('work');
      await process.tokenKeys.removeLeftBehind(
        { token, id: key?.keyId ?? '' },
        { reason: 'remove-key', owner: 'test' },
      );
      expect(await stand.keys(process)).toEqual([]);
    },
  );
});

describe('a card that is pulled', () => {
  const moments = [
    ['when the key was just made', 'C_GenerateKeyPair', 'after'],
    ['before the key is made', 'C_GenerateKeyPair', 'before'],
    ['while the request is signed', 'C_Sign', 'before'],
    ['when the request was just signed', 'C_Sign', 'after'],
  ] as const;

  it.each(everyNth(4, moments))(
    '%s interrupts, and the journey goes on when it is back',
    async (_title, at, moment) => {
      const process = await stand.world.joined(tokenOffer);
      const place = await stand.place();
      stand.shim.when(at, { moment, then: 'remove' });
      const id = await stand.start(process, place);
      expect(await stand.interrupted(process, id)).toMatchObject({
        ...{ at: 'key', failure: { code: 'token' } },
      });
      stand.shim.insert();
      await stand.token.tokens.refresh();
      await process.enrollments.resume(id);
      const { credentialId } = await stand.finish(process, id);
      expect(await stand.keys(process)).toMatchObject([{ owner: 'credential', credentialId }]);
    },
  );

  it(
    'and put back is there for who goes on at once, before its module has told of it',
    deep,
    async () => {
      stand.shim.withoutSlotEvents();
      const process = await stand.world.joined(tokenOffer);
      const place = await stand.place();
      stand.shim.when('C_GenerateKeyPair', { moment: 'before', then: 'remove' });
      const id = await stand.start(process, place);
      await stand.interrupted(process, id);
      await stand.token.tokens.refresh();
      stand.shim.insert();
      await process.enrollments.resume(id);
      await stand.finish(process, id);
    },
  );

  it('and not put back is said to be missing, by the name of its module too', deep, async () => {
    const process = await stand.world.joined(tokenOffer);
    const place = await stand.place();
    stand.shim.when('C_GenerateKeyPair', { moment: 'before', then: 'remove' });
    const id = await stand.start(process, place);
    await stand.interrupted(process, id);
    await stand.token.tokens.refresh();
    await process.enrollments.resume(id);
    expect(await stand.interrupted(process, id)).toMatchObject({
      ...{ at: 'preflight' },
      failure: { code: 'token', reason: 'not-present', token: 'work', module: 'SoftHSM' },
    });
  });

  it.each(['crash', 'remove'] as const)(
    'or whose module has a %s as the key is made can be cancelled, and the key is removed later',
    deep,
    async (then) => {
      const process = await stand.world.joined(tokenOffer);
      const place = await stand.place();
      stand.shim.when('C_GenerateKeyPair', { moment: 'after', then });
      const id = await stand.start(process, place);
      await stand.interrupted(process, id);
      stand.pins = [null];
      await process.enrollments.cancel(id);
      stand.shim.insert();
      const keys = await stand.keys(process);
      expect(keys).toMatchObject([{ owner: 'left-behind' }]);
      stand.pins = ['123456'];
      const token = await stand.token.reference('work');
      const key = { token, id: keys[0]?.keyId ?? '' };
      await process.tokenKeys.removeLeftBehind(key, { reason: 'remove-key', owner: 'test' });
      expect(await stand.keys(process)).toEqual([]);
      expect(process.wallet.tokenKeys.list()).toEqual([]);
    },
  );

  it(
    'as the certificate is written leaves a credential whose certificate can be written later',
    deep,
    async () => {
      const process = await stand.world.joined(tokenOffer);
      const id = await stand.start(process, await stand.place());
      const proving = await startProving(process, id);
      stand.shim.when('C_CreateObject', { moment: 'before', then: 'remove' });
      await proving.answer(stand.world.code());
      const { credentialId, results } = await stand.finishedAs(process, id);
      expect(results).toMatchObject([
        { target: 'token', status: 'failed', failure: { code: 'token' } },
      ]);
      stand.shim.insert();
      await stand.token.tokens.refresh();
      await process.credentials.install(credentialId, 'token');
      expect(process.credentials.summaries()[0]?.installations).toMatchObject([
        { target: 'token', proofs: [{ status: 'proven' }] },
      ]);
    },
  );
});

describe('a wallet that is killed', () => {
  it('after the key was made takes it up again, and makes no second one', async () => {
    const first = await stand.world.joined(tokenOffer);
    const place = await stand.place();
    stand.shim.latency('C_Sign', 2_000);
    const id = await stand.start(first, place);
    await expect.poll(() => first.wallet.tokenKeys.list()[0]?.state).toBe('made');
    const [made] = first.wallet.tokenKeys.list();
    await stand.world.kill(first);
    stand.shim.latency('C_Sign', 0);
    const second = stand.world.open();
    await second.enrollments.resume(id);
    await stand.finish(second, id);
    expect(second.wallet.tokenKeys.list()).toEqual([made]);
    expect(await stand.keys(second)).toHaveLength(1);
  });

  it('before it knew that the key was made finds it by its id', deep, async () => {
    const first = await stand.world.joined(tokenOffer);
    const place = await stand.place();
    stand.shim.when('C_GenerateKeyPair', { moment: 'after', then: 'crash' });
    const id = await stand.start(first, place);
    await stand.interrupted(first, id);
    expect(first.wallet.tokenKeys.list()).toMatchObject([{ state: 'announced' }]);
    await stand.world.kill(first);
    const second = stand.world.open();
    await second.enrollments.resume(id);
    await stand.finish(second, id);
    expect(await stand.keys(second)).toHaveLength(1);
  });

  it(
    'with an enrolment that was cancelled just then lists the key as left behind',
    deep,
    async () => {
      const first = await stand.world.joined(tokenOffer);
      const id = await stand.start(first, await stand.place());
      await startProving(first, id);
      const record = first.wallet.enrollments.find(id);
      await stand.world.kill(first);
      const second = stand.world.open();
      if (record !== undefined) second.wallet.enrollments.write({ ...record, state: 'cancelled' });
      await stand.world.kill(second);
      const third = stand.world.open();
      await expect.poll(() => stand.keys(third)).toMatchObject([{ owner: 'left-behind' }]);
      expect(stand.asked).toHaveLength(1);
    },
  );
});
