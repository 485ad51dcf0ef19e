import { readFileSync } from 'node:fs';
import type Electron from 'electron';
import { guarded, guardedClass } from '../guard.ts';

type Members = Pick<
  Electron.NativeImage,
  | 'addRepresentation'
  | 'getAspectRatio'
  | 'getSize'
  | 'isEmpty'
  | 'isTemplateImage'
  | 'setTemplateImage'
  | 'toDataURL'
  | 'toPNG'
>;

/** `NativeImage` over the bytes of a PNG; nothing is ever decoded. */
export class Image implements Members {
  readonly #png: Buffer;
  readonly #size: Electron.Size;
  #template = false;

  constructor(png: Buffer, size = sizeOf(png)) {
    this.#png = png;
    this.#size = size;
  }

  isEmpty(): boolean {
    return this.#png.length === 0;
  }

  getSize(): Electron.Size {
    return { ...this.#size };
  }

  getAspectRatio(): number {
    return this.#size.width / (this.#size.height || 1);
  }

  toPNG(): Buffer {
    return this.#png;
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.#png.toString('base64')}`;
  }

  /** The same picture, said to have another size: only menus and trays ask for it, and they show nothing here. */
  resize({ width, height }: Electron.ResizeOptions): Image {
    return new Image(this.#png, {
      width: width ?? Math.round((height ?? this.#size.height) * this.getAspectRatio()),
      height: height ?? Math.round((width ?? this.#size.width) / (this.getAspectRatio() || 1)),
    });
  }

  addRepresentation(): void {
    // One representation is enough where nothing is shown.
  }

  setTemplateImage(template: boolean): void {
    this.#template = template;
  }

  isTemplateImage(): boolean {
    return this.#template;
  }
}

guardedClass('NativeImage', Image);

export function createImage(png: Buffer): Image {
  return new Image(png);
}

/** `nativeImage`. */
export const nativeImage = guarded('nativeImage', {
  createEmpty: () => createImage(Buffer.alloc(0)),
  createFromBuffer: (buffer: Buffer) => createImage(Buffer.from(buffer)),
  createFromDataURL: (url: string) =>
    createImage(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')),
  createFromPath: (path: string) => createImage(readIfThere(path)),
});

// Electron gives an empty image for a file it cannot read.
function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

// A PNG's first chunk is its header: width and height as 32-bit numbers at 16 and 20.
function sizeOf(png: Buffer): Electron.Size {
  const isPng = png.length >= 24 && png.readUInt32BE(12) === 0x49484452;
  return isPng
    ? { width: png.readUInt32BE(16), height: png.readUInt32BE(20) }
    : { width: 0, height: 0 };
}
