import { describe, expect, it } from 'vitest';
import { onceItWorks } from './once-it-works.ts';

describe('onceItWorks', () => {
  it('opens once for everybody', async () => {
    let opened = 0;
    const open = onceItWorks(() => Promise.resolve((opened += 1)));
    expect(await Promise.all([open(), open()])).toEqual([1, 1]);
    expect(await open()).toBe(1);
  });

  it('shares a failure among those who wait, and tries again for the next', async () => {
    let tries = 0;
    const open = onceItWorks(async () => {
      tries += 1;
      await Promise.resolve();
      if (tries === 1) throw new Error('locked');
      return tries;
    });
    const both = await Promise.allSettled([open(), open()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await open()).toBe(2);
    expect(await open()).toBe(2);
  });
});
