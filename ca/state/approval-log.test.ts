import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openState } from '../state.ts';
import type { State } from '../state.ts';
import type { LogEntry } from './approval-log.ts';

let directory: string;
let state: State;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-'));
  state = openState(directory);
});

afterEach(() => {
  state.close();
  rmSync(directory, { recursive: true });
});

const append = (number: number): LogEntry =>
  state.approvalLog.append({
    at: new Date('2026-12-01T00:00:00Z'),
    event: 'message',
    organization: 'Corp',
    request: 'https://ca.example/acme/approval/1',
    by: 'kim@corp.example',
    data: { number },
  });

const fill = (): void => void [1, 2, 3, 4].map(append);

/** As somebody does who can write to the database. */
function tamper(sql: string): void {
  const database = new DatabaseSync(join(directory, 'ca.sqlite'));
  database.exec(`DROP TRIGGER approval_log_is_not_changed; DROP TRIGGER approval_log_is_not_shortened;
    DROP TRIGGER approval_log_leaves_out_none; ${sql}`);
  database.close();
}

const reopen = (): void => {
  state.close();
  state = openState(directory);
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

test('each entry is chained to the one before by the digest of its canonical form', () => {
  fill();
  const [first, second] = state.approvalLog.entries(0, 2);
  // Written out, not computed: members by the alphabet, nothing between them.
  const canonical =
    '{"at":"2026-12-01T00:00:00Z","by":"kim@corp.example","data":{"number":1},"event":"message",' +
    '"organization":"Corp","previous":"","request":"https://ca.example/acme/approval/1","sequence":1}';
  expect(first).toEqual(JSON.parse(canonical));
  const link = `{"digest":"${sha256(canonical)}","previous":"","sequence":1}`;
  expect(second).toMatchObject({ sequence: 2, previous: sha256(link) });
  expect(state.approvalLog.entries(3, 9)).toMatchObject([{ sequence: 4 }]);
  reopen();
  expect(state.approvalLog.verify()).toEqual({ sound: true, length: 4 });
  expect(append(5).sequence).toBe(5);
});

test('the database itself refuses to change, shorten or skip', () => {
  fill();
  const database = new DatabaseSync(join(directory, 'ca.sqlite'));
  const refused = [
    `UPDATE approval_log SET entry = '{}'`,
    'DELETE FROM approval_log WHERE sequence = 4',
    `INSERT OR REPLACE INTO approval_log (sequence, entry) VALUES (2, '{}')`,
    `INSERT INTO approval_log (sequence, entry) VALUES (6, '{}')`,
  ];
  for (const sql of refused) expect(() => database.exec(sql)).toThrow(/only added to/);
  database.close();
  expect(state.approvalLog.verify()).toEqual({ sound: true, length: 4 });
});

test.each([
  [
    'a changed entry',
    `UPDATE approval_log SET entry = replace(entry, '"number":3', '"number":8') WHERE sequence = 3`,
    3,
  ],
  [
    'an entry that looks back to nothing',
    `UPDATE approval_log SET entry = json_set(entry, '$.previous', 'x') WHERE sequence = 3`,
    3,
  ],
  [
    'two changed entries',
    `UPDATE approval_log SET entry = replace(entry, '"number":', '"number":1') WHERE sequence IN (2, 3)`,
    3,
  ],
  [
    'the last entry, changed',
    `UPDATE approval_log SET entry = replace(entry, '"number":4', '"number":8') WHERE sequence = 4`,
    4,
  ],
  ['an entry taken out', 'DELETE FROM approval_log WHERE sequence = 2', 2],
  ['the end cut off', 'DELETE FROM approval_log WHERE sequence = 4', 4],
  ['all of it gone', 'DELETE FROM approval_log', 1],
  ['an end of somebody else', `UPDATE approval_log_head SET head = x'00'`, 1],
  ['nothing left', 'DELETE FROM approval_log; DELETE FROM approval_log_head', 1],
  ['no end', 'DELETE FROM approval_log_head', 1],
  ['what is no JSON', `UPDATE approval_log SET entry = 'x' WHERE sequence = 2`, 2],
  [
    'half a character',
    String.raw`UPDATE approval_log SET entry = replace(entry, 'kim', '\ud800') WHERE sequence = 2`,
    2,
  ],
  [
    'another order of the members',
    `UPDATE approval_log SET entry = '{"sequence":1,' || substr(replace(entry, ',"sequence":1', ''), 2) WHERE sequence = 1`,
    1,
  ],
])('%s is found', (_what, sql, sequence) => {
  fill();
  state.close();
  tamper(sql);
  state = openState(directory);
  expect(state.approvalLog.condition()).toEqual({ sound: false, sequence });
  expect(() => append(5)).toThrow(expect.objectContaining({ code: 'damagedLog', sequence }));
  expect(() => state.approvalLog.entries(0, 99)).not.toThrow();
});

test('a chain made anew without the key of the state is found', () => {
  fill();
  const entries = state.approvalLog.entries(0, 99);
  state.close();
  let previous = '';
  const updates = entries.map((entry) => {
    const changed = JSON.stringify({
      ...{ at: entry.at, by: 'evil@corp.example', data: entry.data, event: entry.event },
      ...{ organization: entry.organization, previous, request: entry.request },
      sequence: entry.sequence,
    });
    const digest = sha256(changed);
    previous = sha256(JSON.stringify({ digest, previous, sequence: entry.sequence }));
    return `UPDATE approval_log SET entry = '${changed}' WHERE sequence = ${entry.sequence};`;
  });
  tamper(updates.join(''));
  state = openState(directory);
  expect(state.approvalLog.condition()).toEqual({ sound: false, sequence: 4 });
});

test('what is changed while the CA runs is found by the next entry', () => {
  fill();
  tamper('DELETE FROM approval_log WHERE sequence = 4');
  expect(() => append(5)).toThrow(expect.objectContaining({ code: 'damagedLog', sequence: 4 }));
});

test('an entry is told once it is kept, and not when its deed is not', () => {
  const told: number[] = [];
  const unsubscribe = state.approvalLog.subscribe(({ sequence }) => told.push(sequence));
  const broken = (): void =>
    state.transaction(() => {
      append(1);
      throw new Error('broken off');
    });
  expect(broken).toThrow('broken off');
  expect(state.approvalLog.entries(0, 9)).toEqual([]);
  state.transaction(() => {
    append(1);
    append(2);
    expect(told).toEqual([]);
  });
  expect(told).toEqual([1, 2]);
  unsubscribe();
  append(3);
  expect(told).toEqual([1, 2]);
});
