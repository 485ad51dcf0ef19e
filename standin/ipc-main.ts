import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { guardedClass } from './guard.ts';

type Handler = (event: Electron.IpcMainInvokeEvent, ...values: unknown[]) => unknown;
type Members = Pick<Electron.IpcMain, 'handle' | 'handleOnce' | 'removeHandler'>;

/** `ipcMain`, and the `ipc` of each web contents. */
export class IpcMain extends EventEmitter implements Members {
  readonly #handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    }
    if (typeof handler !== 'function') {
      throw new TypeError(`Expected handler to be a function, but found type '${typeof handler}'`);
    }
    this.#handlers.set(channel, handler);
  }

  handleOnce(channel: string, handler: Handler): void {
    this.handle(channel, (event, ...values) => {
      this.removeHandler(channel);
      return handler(event, ...values);
    });
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** The handler of a channel; for the web contents only. */
  handlerOf(channel: string): Handler | undefined {
    return this.#handlers.get(channel);
  }
}

guardedClass('IpcMain', IpcMain);
