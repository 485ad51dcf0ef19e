import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

const never = new AbortController().signal;

it('work under one name is done one after the other, in the order of asking', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await Promise.resolve();
    await Promise.resolve();
    log.push(`${name} ends`);
  };
  await Promise.all(['a', 'b', 'c'].map((name) => turns.take('one', never, work(name))));
  expect(log).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

it('work under another name does not wait', async () => {
  const turns = new Turns();
  const { promise: blocked, resolve } = Promise.withResolvers<undefined>();
  const first = turns.take('one', never, () => blocked);
  expect(await turns.take('other', never, () => Promise.resolve('done'))).toBe('done');
  resolve(undefined);
  await first;
});

it('work that fails lets the next one go on', async () => {
  const turns = new Turns();
  const failing = turns.take('one', never, () => Promise.reject(new Error('no luck')));
  const next = turns.take('one', never, () => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('no luck');
  expect(await next).toBe('done');
});

it('who gives up waiting gets the reason at once, and nobody passes those in front', async () => {
  const turns = new Turns();
  const abort = new AbortController();
  const { promise: blocked, resolve } = Promise.withResolvers<undefined>();
  const log: string[] = [];
  const first = turns.take('one', never, async () => {
    await blocked;
    log.push('first');
  });
  const second = turns.take('one', abort.signal, () => Promise.reject(new Error('never')));
  const third = turns.take('one', never, () => {
    log.push('third');
    return Promise.resolve();
  });
  abort.abort(new Error('given up'));
  await expect(second).rejects.toThrow('given up');
  expect(log).toEqual([]);
  resolve(undefined);
  await Promise.all([first, third]);
  expect(log).toEqual(['first', 'third']);
});

it('who has given up before asking is not served', async () => {
  const turns = new Turns();
  const work = () => Promise.reject(new Error('never'));
  const gone = turns.take('one', AbortSignal.abort(new Error('given up')), work);
  await expect(gone).rejects.toThrow('given up');
});
