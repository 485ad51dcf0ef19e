import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was when it was last closed. */
export interface WindowState {
  readonly bounds: Rectangle;
  readonly maximized: boolean;
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
});

/** What the file says, unless it is missing, damaged, or names a place on no display that is there now. */
export function readWindowState(
  file: string,
  displays: readonly Rectangle[],
): WindowState | undefined {
  const state = windowState.safeParse(parsed(file)).data;
  return state && displays.some((display) => shows(display, state.bounds)) ? state : undefined;
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

/** Whether enough of the title bar lies on the display to be grabbed. */
function shows(display: Rectangle, bounds: Rectangle): boolean {
  const grip = 100;
  return (
    bounds.x + bounds.width >= display.x + grip &&
    bounds.x <= display.x + display.width - grip &&
    bounds.y >= display.y &&
    bounds.y <= display.y + display.height - grip
  );
}
