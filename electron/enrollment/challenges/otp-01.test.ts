import { describe, expect, it } from 'vitest';
import { asked, proofRooms, soundToken } from '../../testing/proof-rooms.ts';
import { errorOf } from '../authorization-view.ts';
import { otp01 } from './otp-01.ts';

const rooms = proofRooms();
const { signal } = new AbortController();
const challenge = (members: object) => asked({ type: 'otp-01', ...members });
const respond = (members: object, otp: string) =>
  otp01.respond(challenge(members), { by: 'code', otp }, { rooms, signal });
const refused = { failure: { code: 'invalid-request' } };

describe('what the person keys into a device', () => {
  it('is what the CA displays', () => {
    expect(otp01.show(challenge({ display: '4821 9936', prompt: 'Card reader' }), rooms)).toEqual({
      ...{ kind: 'code', display: '4821 9936', prompt: 'Card reader' },
    });
  });

  it('is a short token where the CA reads the draft to the letter, and that is warned about', () => {
    expect(otp01.show(challenge({ token: '482199' }), rooms)).toEqual({
      ...{ kind: 'code', display: '482199', warning: 'token-is-not-random' },
    });
  });

  it('is never a token that is a random value', () => {
    expect(otp01.show(challenge({ token: soundToken }), rooms)).toEqual({ kind: 'code' });
  });

  it.each([
    'tricks\u202eyalp',
    '\u2066hidden\u2069',
    'bell\u0007',
    'esc\u001b[2J',
    'two\nlines',
    'x'.repeat(201),
    '\u200b',
    '',
  ])('is nothing that steers how text is read: %j', (text) => {
    const shown = otp01.show(challenge({ display: text, prompt: text }), rooms);
    expect(shown).toEqual({ kind: 'code' });
  });
});

describe('an answer that was good and not enough', () => {
  const problem = (kind: string) => ({
    error: { type: `urn:ietf:params:acme:error:${kind}`, detail: 'one more' },
  });

  it('is told from one that was wrong', () => {
    const [more, wrong] = ['userActionRequired', 'incorrectResponse'].map((kind) => {
      const read = challenge({ prompt: 'Code from the message', ...problem(kind) });
      return { shown: otp01.show(read, rooms), failure: errorOf(read.challenge) };
    });
    const shown = { kind: 'code', prompt: 'Code from the message' };
    expect(more).toEqual({ shown: { ...shown, another: true }, failure: undefined });
    expect(wrong).toMatchObject({ shown, failure: { code: 'acme-problem' } });
    expect(wrong?.shown).not.toHaveProperty('another');
  });

  it('is known to this type alone: elsewhere the same error is one', () => {
    const read = asked({ type: 'hotp-01', ...problem('userActionRequired') });
    expect(errorOf(read.challenge)).toMatchObject({ code: 'acme-problem' });
  });
});

describe('a code of any text', () => {
  it.each([
    ['287082', '287082'],
    [' Kq7-zz 9 ', 'Kq7-zz 9'],
    ['~!"#', '~!"#'],
    ['x'.repeat(64), 'x'.repeat(64)],
  ])('%j is sent as %j', async (typed, otp) => {
    expect(await respond({}, typed)).toEqual({ otp });
  });

  it.each(['', '   ', 'x'.repeat(65), 'müde', 'a\u0000b', 'a\nb', '\u202e123', '１２３'])(
    '%j is not sent',
    async (typed) => {
      await expect(respond({}, typed)).rejects.toMatchObject(refused);
    },
  );

  it('is never what the CA itself has sent', async () => {
    await expect(respond({ token: '482199' }, '482199')).rejects.toMatchObject(refused);
    await expect(respond({ display: '48219936' }, ' 48219936 ')).rejects.toMatchObject(refused);
  });

  it('answers by nothing else', async () => {
    const answer = { by: 'record', unseen: true } as const;
    await expect(otp01.respond(challenge({}), answer, { rooms, signal })).rejects.toMatchObject(
      refused,
    );
  });
});
