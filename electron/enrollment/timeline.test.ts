import { expect, it } from 'vitest';
import { begin, complete, fail, suspend, untouched } from './timeline.ts';

const times = ['10:00', '10:01', '10:02', '10:03'].map((time) => `2026-11-22T${time}:00.000Z`);
const [at0 = '', at1 = '', at2 = '', at3 = ''] = times;

it('starts with every step of RFC 8555 waiting', () => {
  expect(untouched.map(({ step, status }) => `${step} ${status}`)).toEqual(
    ['preflight', 'key', 'account', 'order', 'prove', 'issue', 'install'].map(
      (step) => `${step} pending`,
    ),
  );
});

it('keeps the times of each step', () => {
  const timeline = complete(begin(untouched, 'key', at0), 'key', at1);
  expect(timeline[1]).toEqual({ step: 'key', status: 'done', startedAt: at0, endedAt: at1 });
  expect(timeline[0]).toEqual({ step: 'preflight', status: 'pending' });
});

it('knows when an interrupted step was begun first', () => {
  const interrupted = suspend(begin(untouched, 'order', at0));
  expect(interrupted[3]).toEqual({ step: 'order', status: 'pending', startedAt: at0 });
  const again = fail(begin(interrupted, 'order', at2), 'order', at3);
  expect(again[3]).toEqual({ step: 'order', status: 'failed', startedAt: at0, endedAt: at3 });
});

it('leaves what is done alone when the rest is suspended', () => {
  const timeline = begin(complete(untouched, 'preflight', at0), 'key', at1);
  expect(suspend(timeline).map(({ status }) => status)).toEqual([
    'done',
    ...Array.from({ length: 6 }, () => 'pending'),
  ]);
});
