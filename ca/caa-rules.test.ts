import { describe, expect, it } from 'vitest';
import { caaRefusal } from './caa-rules.ts';
import type { CaaRecord, Issuing } from './caa-rules.ts';

const issuing: Issuing = {
  identities: ['ca.example', 'other.example'],
  wildcard: false,
  accountUrl: 'https://ca.example/account/1',
  method: 'dns-01',
};

const record = (tag: string, value: string, critical = false): CaaRecord => ({
  tag,
  value,
  critical,
});
const issue = (value: string): CaaRecord[] => [record('issue', value)];
const permitted = (records: readonly CaaRecord[], change: Partial<Issuing> = {}): boolean =>
  caaRefusal(records, { ...issuing, ...change }) === undefined;

describe('CAA records', () => {
  it('permit everything when there are none, or none about issuance', () => {
    expect(permitted([])).toBe(true);
    expect(permitted([record('iodef', 'mailto:a@b.c', true), record('odd', 'x')])).toBe(true);
    expect(permitted([record('issuemail', ';', true)])).toBe(true);
  });

  it('permit who they name, and nobody else', () => {
    expect(permitted(issue('ca.example'))).toBe(true);
    expect(permitted(issue('Other.Example.'))).toBe(true);
    expect(permitted([...issue('stranger.example'), ...issue('ca.example')])).toBe(true);
    for (const value of ['stranger.example', ';', '', 'sub.ca.example', 'ca.example; broken']) {
      expect([value, permitted(issue(value))]).toEqual([value, false]);
    }
  });

  it('forbid with a critical property that is not understood', () => {
    expect(permitted([...issue('ca.example'), record('odd', 'x', true)])).toBe(false);
  });

  it('have a say of their own about wildcards, and issue has it where they are silent', () => {
    const both = [...issue('stranger.example'), record('issuewild', 'ca.example')];
    expect(permitted(both, { wildcard: true })).toBe(true);
    expect(permitted(both)).toBe(false);
    expect(permitted(issue('ca.example'), { wildcard: true })).toBe(true);
    expect(permitted([record('issuewild', ';')])).toBe(true);
    expect(permitted([record('issuewild', ';'), ...issue('ca.example')], { wildcard: true })).toBe(
      false,
    );
  });

  it('can be for one account, to the letter', () => {
    const { accountUrl } = issuing;
    expect(permitted(issue(`ca.example; accounturi=${accountUrl}`))).toBe(true);
    expect(permitted(issue(`ca.example; accounturi=${accountUrl}0`))).toBe(false);
    const twice = `ca.example; accounturi=${accountUrl}; accounturi=${accountUrl}`;
    expect(permitted(issue(twice))).toBe(false);
  });

  it('can be for some methods of validation', () => {
    expect(permitted(issue('ca.example; validationmethods=http-01,dns-01'))).toBe(true);
    expect(permitted(issue('ca.example; validationmethods=http-01'))).toBe(false);
    expect(permitted(issue('ca.example; validationmethods=dns'))).toBe(false);
    const unproven = { method: undefined };
    expect(permitted(issue('ca.example; validationmethods=dns-01'), unproven)).toBe(false);
    expect(permitted(issue('ca.example; unheard-of=x'), unproven)).toBe(true);
  });
});
