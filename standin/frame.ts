import type Electron from 'electron';
import { guardedClass } from './guard.ts';

type Members = Pick<
  Electron.WebFrameMain,
  | 'url'
  | 'origin'
  | 'name'
  | 'top'
  | 'parent'
  | 'frames'
  | 'framesInSubtree'
  | 'routingId'
  | 'processId'
  | 'frameTreeNodeId'
  | 'detached'
  | 'isDestroyed'
>;

/** The main frame's document of one origin; a document of another origin is another frame, as in Electron. */
export class Frame implements Members {
  readonly name = '';
  readonly parent = null;
  readonly frames: Electron.WebFrameMain[] = [];
  readonly processId: number;
  readonly routingId = 1;
  readonly frameTreeNodeId: number;
  url: string;
  detached = false;

  constructor(url: string, numbers: { contents: number; process: number }) {
    this.url = url;
    this.frameTreeNodeId = numbers.contents;
    this.processId = numbers.process;
  }

  get origin(): string {
    return originOf(this.url);
  }

  get top(): Electron.WebFrameMain {
    return this as unknown as Electron.WebFrameMain;
  }

  get framesInSubtree(): Electron.WebFrameMain[] {
    return [this.top];
  }

  isDestroyed(): boolean {
    return this.detached;
  }
}

guardedClass('WebFrameMain', Frame);

/** A URL's origin; unlike WHATWG's, one that names a custom scheme too, as Chromium has it for standard schemes. */
export function originOf(url: string): string {
  const [origin] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url) ?? ['null'];
  return origin.startsWith('file:') ? 'file://' : origin;
}
