import { describe, expect, it } from 'vitest';
import { outputOf, readVectors } from '../testing/vectors.ts';
import { checkLog, hasEntry, type LogEntry } from './approval-log.ts';

interface Input {
  readonly entries?: readonly LogEntry[];
  readonly asAuditor?: readonly LogEntry[];
}

const { good, refused } = readVectors<unknown, Input, { readonly digests?: readonly string[] }>(
  'approvals',
);
const [, vector] = good.find(([id]) => id === 'log') ?? [];
if (vector === undefined) throw new Error('the vectors have no log');
const { entries = [], asAuditor = [] } = vector.input;

describe('the log of approvals', () => {
  it('holds as it was written, also where only digests of others may be read', () => {
    expect(checkLog(entries)).toEqual({ holds: true, length: 5 });
    expect(checkLog(asAuditor)).toEqual({ holds: true, length: 5 });
    expect(checkLog([])).toEqual({ holds: true, length: 0 });
  });

  it.each(refused.filter(([id]) => id.startsWith('log-')))(
    'does not hold when it was changed: %s',
    (_id, { input, refusal }) => {
      const condition = checkLog(input.entries ?? []);
      expect(condition.holds).toBe(false);
      expect(refusal?.as).toContain(condition.holds ? '' : String(condition.sequence));
    },
  );

  it('does not hold with halves of characters, which have no canonical form', () => {
    const changed = entries.map((each, index) => (index === 1 ? { ...each, by: '\ud83d' } : each));
    expect(checkLog(changed)).toEqual({ holds: false, sequence: 2 });
  });

  it('has the entries that it has, by their digests', () => {
    const digests = outputOf(vector).digests ?? [];
    const [, second = ''] = digests;
    expect(hasEntry(entries, { sequence: 2, digest: second })).toBe(true);
    expect(hasEntry(asAuditor, { sequence: 2, digest: second })).toBe(true);
    expect(hasEntry(entries, { sequence: 3, digest: second })).toBe(false);
    expect(hasEntry(entries, { sequence: 6, digest: second })).toBe(false);
  });
});
