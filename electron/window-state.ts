import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { themes, type Theme } from '../shared/models/wallet.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was when it was last closed, and how it looked: known before the wallet's file is open. */
export interface WindowState {
  readonly bounds: Rectangle;
  readonly maximized: boolean;
  readonly theme: Theme;
}

export const minimumSize = { width: 900, height: 640 } as const;
export const defaultSize = { width: 1280, height: 800 } as const;

const coordinate = z.int().min(-100_000).max(100_000);
const windowState = z.strictObject({
  bounds: z.strictObject({
    x: coordinate,
    y: coordinate,
    width: z.int().min(minimumSize.width).max(20_000),
    height: z.int().min(minimumSize.height).max(20_000),
  }),
  maximized: z.boolean(),
  theme: z.enum(themes),
});

/** What the file says, unless it is missing or damaged. */
export function readWindowState(file: string): WindowState | undefined {
  return windowState.safeParse(parsed(file)).data;
}

/** Whether enough of the title bar lies on a display that is there now to be grabbed. */
export function isReachable(bounds: Rectangle, displays: readonly Rectangle[]): boolean {
  return displays.some((display) => shows(display, bounds));
}

/** Remembers it; a disk that refuses costs the place of a window, so it is told and no more. */
export function writeWindowState(
  file: string,
  state: WindowState,
  report: (message: string) => void,
): void {
  try {
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  } catch (error) {
    report(`the window's place was not remembered: ${String(error)}`);
  }
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Missing on the first start, or damaged: the default place is as good as an old one.
    return undefined;
  }
}

function shows(display: Rectangle, bounds: Rectangle): boolean {
  const grip = 100;
  return (
    bounds.x + bounds.width >= display.x + grip &&
    bounds.x <= display.x + display.width - grip &&
    bounds.y >= display.y &&
    bounds.y <= display.y + display.height - grip
  );
}
