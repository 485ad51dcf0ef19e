import type Electron from 'electron';
import { guardedClass } from './guard.ts';

type Members = Pick<
  Electron.CommandLine,
  'appendSwitch' | 'appendArgument' | 'hasSwitch' | 'getSwitchValue' | 'removeSwitch'
>;

/** `app.commandLine`: the switches the app was started with and those it adds. */
export class Switches implements Members {
  readonly values: Map<string, string>;

  constructor(initial: ReadonlyMap<string, string>) {
    this.values = new Map(initial);
  }

  appendSwitch(name: string, value = ''): void {
    this.values.set(name.toLowerCase(), value);
  }

  appendArgument(): void {
    // Chromium is given switches only; an argument would be a page to open.
  }

  hasSwitch(name: string): boolean {
    return this.values.has(name);
  }

  getSwitchValue(name: string): string {
    return this.values.get(name) ?? '';
  }

  removeSwitch(name: string): void {
    this.values.delete(name);
  }
}

guardedClass('CommandLine', Switches);
