import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { guardedClass } from '../guard.ts';

const SIZE = { width: 1920, height: 1080 };
const BOUNDS = { x: 0, y: 0, ...SIZE };

type Members = Pick<
  Electron.Screen,
  | 'getAllDisplays'
  | 'getCursorScreenPoint'
  | 'getDisplayMatching'
  | 'getDisplayNearestPoint'
  | 'getPrimaryDisplay'
>;

/** `screen`: one display of an ordinary size. */
export class Screen extends EventEmitter implements Members {
  readonly #scaleFactor: number;

  constructor(scaleFactor: number) {
    super();
    this.#scaleFactor = scaleFactor;
  }

  getPrimaryDisplay(): Electron.Display {
    return {
      id: 1,
      label: 'stand-in',
      bounds: BOUNDS,
      workArea: BOUNDS,
      size: SIZE,
      workAreaSize: SIZE,
      scaleFactor: this.#scaleFactor,
      rotation: 0,
      internal: false,
      detected: true,
      monochrome: false,
      colorDepth: 24,
      colorSpace: 'srgb',
      depthPerComponent: 8,
      displayFrequency: 60,
      maximumCursorSize: { width: 64, height: 64 },
      nativeOrigin: { x: 0, y: 0 },
      accelerometerSupport: 'unavailable',
      touchSupport: 'unavailable',
    };
  }

  getAllDisplays(): Electron.Display[] {
    return [this.getPrimaryDisplay()];
  }

  getDisplayNearestPoint(): Electron.Display {
    return this.getPrimaryDisplay();
  }

  getDisplayMatching(): Electron.Display {
    return this.getPrimaryDisplay();
  }

  getCursorScreenPoint(): Electron.Point {
    return { x: SIZE.width / 2, y: SIZE.height / 2 };
  }
}

guardedClass('screen', Screen);
