// MessagePortMain: an entangled pair within a process, either end of which may be sent to a utility process.
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { guardedClass } from './guard.ts';

/** Where what a port says goes to. */
export type Outlet = {
  readonly send: (message: unknown) => void;
  readonly close: () => void;
};

type Members = Pick<Electron.MessagePortMain, 'close' | 'postMessage' | 'start'>;

export class MessagePort extends EventEmitter implements Members {
  #outlet: Outlet | undefined;
  #forward: Outlet | undefined;
  #started = false;
  #closed = false;
  #waiting: unknown[] = [];

  /** For the channel and for utility processes: joins this port to whoever is on the other side. */
  connect(outlet: Outlet): void {
    this.#outlet = outlet;
  }

  /** For the same: moves this port elsewhere; what it has not read goes along, what comes for it is handed on. */
  transfer(elsewhere: Outlet): Outlet {
    if (!this.#outlet) throw new Error('Port at index 0 is already neutered');
    const other = this.#outlet;
    this.#outlet = undefined;
    this.#forward = elsewhere;
    for (const message of this.#waiting.splice(0)) elsewhere.send(message);
    return other;
  }

  /** For the same: something has come for this port. */
  deliver(message: unknown): void {
    if (this.#forward) this.#forward.send(message);
    else if (this.#started) this.emit('message', { data: message, ports: [] });
    else this.#waiting.push(message);
  }

  /** For the same: the other side is gone. */
  end(): void {
    if (this.#forward) this.#forward.close();
    if (this.#closed) return;
    this.#closed = true;
    this.#outlet = undefined;
    this.emit('close');
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0)
      throw new Error('stand-in: a port sent through a port is not supported');
    this.#outlet?.send(message);
  }

  start(): void {
    this.#started = true;
    for (const message of this.#waiting.splice(0)) this.deliver(message);
  }

  close(): void {
    this.#outlet?.close();
    this.end();
  }
}

guardedClass('MessagePortMain', MessagePort);

/** `MessageChannelMain`. */
export class MessageChannel {
  readonly port1 = new MessagePort();
  readonly port2 = new MessagePort();

  constructor() {
    this.port1.connect(outletTo(this.port2));
    this.port2.connect(outletTo(this.port1));
  }
}

// Cloned at once, as a port does, and delivered later, as a port does.
function outletTo(port: MessagePort): Outlet {
  return {
    send: (message) => {
      const copy: unknown = structuredClone(message);
      setImmediate(() => port.deliver(copy));
    },
    close: () => setImmediate(() => port.end()),
  };
}
