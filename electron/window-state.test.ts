import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  isReachable,
  readWindowState,
  writeWindowState,
  type WindowState,
} from './window-state.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'window-state-'));
const file = path.join(directory, 'window.json');
const display = { x: 0, y: 0, width: 1920, height: 1080 };
const state: WindowState = {
  bounds: { x: 50, y: 60, width: 1000, height: 700 },
  maximized: false,
  theme: 'dark',
};
const fail = (message: string): never => {
  throw new Error(message);
};

afterAll(() => rmSync(directory, { recursive: true }));

describe('the window state', () => {
  it('comes back as it was written, for its owner only', () => {
    writeWindowState(file, state, fail);
    expect(readWindowState(file)).toEqual(state);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('names a place that is only good while its display is there', () => {
    const beside = { ...state.bounds, x: 3000 };
    expect(isReachable(state.bounds, [display])).toBe(true);
    expect(isReachable(beside, [display])).toBe(false);
    expect(isReachable(beside, [display, { ...display, x: 1920 }])).toBe(true);
    expect(isReachable({ ...state.bounds, y: -200 }, [display])).toBe(false);
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
    ['a look that is none', JSON.stringify({ ...state, theme: 'pink' })],
  ])('is the default when the file holds %s', (_what, content) => {
    writeFileSync(file, content);
    expect(readWindowState(file)).toBeUndefined();
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
