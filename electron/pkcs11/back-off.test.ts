import { expect, it } from 'vitest';
import { BackOff } from './back-off.ts';

it('waits twice as long each time, and starts again when nothing happened for a while', () => {
  let time = 0;
  const pace = new BackOff({ first: 0, second: 100, most: 350, quiet: 1_000, now: () => time });
  const waits: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    time += 1_000;
    pace.happened();
    waits.push(pace.next());
  }
  expect(waits).toEqual([0, 100, 200, 350, 350]);
  time += 1_001;
  pace.happened();
  expect(pace.next()).toBe(0);
});
