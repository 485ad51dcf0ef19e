import { expect, test, vi } from 'vitest';
import type { PinRequest } from './pin.ts';
import { PinDesk } from './pin-desk.ts';

const token: PinRequest['token'] = {
  ...{ label: 'work', manufacturer: 'Maker', model: 'Card', serial: '1' },
  ...{ reader: 'Reader 1', kind: 'token' },
};
const request: PinRequest = {
  ...{ token, moduleName: 'Driver', reason: 'make-key', login: 'pin', pin: 'ok' },
  pinLength: { min: 4, max: 8 },
};
const typed = (): Uint8Array => Uint8Array.from(Buffer.from('1234'));

function newDesk(): PinDesk {
  let count = 0;
  return new PinDesk({ randomUuid: () => `question-${(count += 1)}` });
}

test('one question is open at a time, and the next one comes when the answer was tried', async () => {
  const desk = newDesk();
  const told = vi.fn();
  desk.subscribe(told);
  const first = desk.ask(request);
  const second = desk.ask({ ...request, reason: 'revoke' });
  expect(desk.question).toEqual({
    ...{ questionId: 'question-1', token, reason: 'make-key', login: 'pin', pin: 'ok' },
    ...{ pinLength: { min: 4, max: 8 }, isWaiting: false },
    moduleName: 'Driver',
  });
  const given = typed();
  desk.answer({ questionId: 'question-1', pin: given, acceptFinalTry: true });
  expect(given).toEqual(new Uint8Array(4));
  const answer = await first;
  expect(answer).toMatchObject({ pin: typed(), acceptFinalTry: true });
  expect(desk.question).toMatchObject({ questionId: 'question-1', isWaiting: true });
  expect(JSON.stringify(desk.question)).not.toContain('1234');
  answer.tried();
  answer.tried();
  expect(desk.question).toMatchObject({ questionId: 'question-2', reason: 'revoke' });
  desk.decline('question-2');
  await expect(second).rejects.toMatchObject({ reason: 'pin-cancelled', facts: { token: 'work' } });
  expect(desk.question).toBeNull();
  expect(told).toHaveBeenCalledTimes(5);
});

test('who typed a wrong PIN is asked again before anybody else', async () => {
  const desk = newDesk();
  const first = desk.ask(request);
  const other = desk.ask({ ...request, reason: 'revoke' });
  desk.answer({ questionId: 'question-1', pin: typed(), acceptFinalTry: false });
  const { tried } = await first;
  const failure = { code: 'token', reason: 'pin-incorrect', module: 'Driver' } as const;
  // As it goes in `TokenLogins`: the answer was tried, and the next question is asked in the same turn.
  tried();
  const again = desk.ask({ ...request, failure });
  expect(desk.question).toMatchObject({ reason: 'make-key', failure });
  desk.close();
  await expect(again).rejects.toMatchObject({ reason: 'pin-cancelled' });
  await expect(other).rejects.toMatchObject({ reason: 'pin-cancelled' });
  await expect(desk.ask(request)).rejects.toMatchObject({ reason: 'pin-cancelled' });
});

test('answers that do not fit are refused, and their PIN is overwritten all the same', () => {
  const desk = newDesk();
  const asked = [desk.ask(request), desk.ask({ ...request, login: 'pin-pad' })];
  for (const each of asked) each.catch(() => undefined);
  const refused = (questionId: string, pin?: Uint8Array): unknown => {
    try {
      desk.answer({ questionId, pin, acceptFinalTry: false });
      return 'taken';
    } catch (error) {
      return (error as { reason?: string }).reason;
    }
  };
  const pin = typed();
  expect(refused('question-7', pin)).toBe('not-open');
  expect(pin).toEqual(new Uint8Array(4));
  expect(refused('question-2')).toBe('not-open');
  expect(refused('question-1')).toBe('unfit');
  expect(refused('question-1', typed())).toBe('taken');
  expect(refused('question-1', typed())).toBe('not-open');
  expect(() => desk.decline('question-1')).toThrow(expect.objectContaining({ reason: 'not-open' }));
});

test('on a PIN pad no PIN is passed, and the page sees that the reader waits', async () => {
  const desk = newDesk();
  const asked = desk.ask({ ...request, login: 'pin-pad' });
  desk.answer({ questionId: 'question-1', acceptFinalTry: false });
  expect(await asked).toMatchObject({ pin: null });
  expect(desk.question).toMatchObject({ login: 'pin-pad', isWaiting: true });
});

test('a question ends with what it was asked for, and with its token', async () => {
  const desk = newDesk();
  const abort = new AbortController();
  const cancelled = desk.ask(request, abort.signal);
  const pulled = desk.ask(request);
  abort.abort(new Error('the enrolment was cancelled'));
  await expect(cancelled).rejects.toThrow('the enrolment was cancelled');
  await expect(desk.ask(request, abort.signal)).rejects.toThrow('the enrolment was cancelled');
  desk.dropUnless(({ serial }) => serial === '1');
  expect(desk.question).toMatchObject({ questionId: 'question-2' });
  desk.dropUnless(() => false);
  await expect(pulled).rejects.toMatchObject({ reason: 'removed' });
  expect(desk.question).toBeNull();
});
