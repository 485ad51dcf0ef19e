import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import type { ColorScheme } from './color-scheme.ts';
import { guardedClass } from './guard.ts';

type Members = Pick<
  Electron.NativeTheme,
  | 'themeSource'
  | 'shouldUseDarkColors'
  | 'shouldUseHighContrastColors'
  | 'shouldUseInvertedColorScheme'
  | 'shouldUseDarkColorsForSystemIntegratedUI'
  | 'inForcedColorsMode'
  | 'prefersReducedTransparency'
>;

/** `nativeTheme`; a new source reaches the pages' `prefers-color-scheme`. */
export class NativeTheme extends EventEmitter implements Members {
  readonly shouldUseHighContrastColors = false;
  readonly shouldUseInvertedColorScheme = false;
  readonly inForcedColorsMode = false;
  readonly prefersReducedTransparency = false;
  readonly #scheme: ColorScheme;

  constructor(scheme: ColorScheme) {
    super();
    this.#scheme = scheme;
  }

  get themeSource(): 'system' | 'light' | 'dark' {
    return this.#scheme.source;
  }

  set themeSource(source: 'system' | 'light' | 'dark') {
    const before = this.#scheme.source;
    this.#scheme.set(source);
    if (source !== before) this.emit('updated');
  }

  get shouldUseDarkColors(): boolean {
    return this.#scheme.effective === 'dark';
  }

  get shouldUseDarkColorsForSystemIntegratedUI(): boolean {
    return this.shouldUseDarkColors;
  }
}

guardedClass('nativeTheme', NativeTheme);
