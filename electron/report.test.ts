import { afterEach, describe, expect, it, vi } from 'vitest';
import { report } from './report.ts';

describe('report', () => {
  const written = vi.spyOn(console, 'error').mockReturnValue(undefined);
  const lines = () => written.mock.calls.map(([text]) => String(text)).join('\n');

  afterEach(() => written.mockClear());

  it('says what failed, where, and why, but no message', () => {
    const cause = Object.assign(new TypeError('mac=hunter2'), { code: 'ERR_SECRET' });
    report('reading a link', new Error('countersign://join#mac=hunter2\nmac=hunter2', { cause }));
    expect(lines()).toContain('reading a link: Error, because of TypeError (ERR_SECRET)');
    expect(lines()).toMatch(/^ +at .*report\.test\.ts/m);
    expect(lines()).not.toContain('hunter2');
  });

  it('says nothing of what was thrown when that is no error', () => {
    report('doing it', 'hunter2');
    report('only this');
    expect(lines()).toBe('doing it: string\nonly this');
  });
});
