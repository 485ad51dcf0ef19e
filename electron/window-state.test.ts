import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readWindowState, writeWindowState } from './window-state.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'window-state-'));
const file = path.join(directory, 'window.json');
const display = { x: 0, y: 0, width: 1920, height: 1080 };
const state = { bounds: { x: 50, y: 60, width: 1000, height: 700 }, maximized: false };
const fail = (message: string): never => {
  throw new Error(message);
};

afterAll(() => rmSync(directory, { recursive: true }));

describe('the window state', () => {
  it('comes back as it was written, for its owner only', () => {
    writeWindowState(file, state, fail);
    expect(readWindowState(file, [display])).toEqual(state);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('is forgotten when its display is gone', () => {
    writeWindowState(file, { ...state, bounds: { ...state.bounds, x: 3000 } }, fail);
    expect(readWindowState(file, [display])).toBeUndefined();
    expect(readWindowState(file, [display, { ...display, x: 1920 }])).toBeDefined();
  });

  it.each([
    ['nothing', ''],
    ['half of it', JSON.stringify(state).slice(0, 20)],
    [
      'a size below the minimum',
      JSON.stringify({ ...state, bounds: { ...state.bounds, width: 1 } }),
    ],
    ['text for a number', JSON.stringify({ ...state, bounds: { ...state.bounds, x: '1' } })],
    ['more than it knows', JSON.stringify({ ...state, devTools: true })],
    ['null', 'null'],
  ])('is the default when the file holds %s', (_what, content) => {
    writeFileSync(file, content);
    expect(readWindowState(file, [display])).toBeUndefined();
  });

  it('says so when the disk refuses, and goes on', () => {
    const reports: string[] = [];
    writeWindowState(path.join(directory, 'gone', 'window.json'), state, (message) => {
      reports.push(message);
    });
    expect(reports).toHaveLength(1);
    expect(() => readFileSync(path.join(directory, 'gone', 'window.json'))).toThrow();
  });
});
