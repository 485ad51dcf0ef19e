// What main and a utility process say to each other: messages, and those of the ports that were sent along.
import { MessagePort, type Outlet } from './message-port.ts';

export type Parcel =
  | { readonly kind: 'message'; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly kind: 'port'; readonly port: number; readonly data: unknown }
  | { readonly kind: 'port closed'; readonly port: number };

/** One end of the line; both ends number the ports that main sends. */
export class ParcelLine {
  readonly #send: (parcel: Parcel) => void;
  readonly #others = new Map<number, Outlet>();
  #lastPort = 0;

  constructor(send: (parcel: Parcel) => void) {
    this.#send = send;
  }

  /** Sends a message and, with it, ports of ours, which from then on live on the other end. */
  post(data: unknown, ports: readonly MessagePort[]): void {
    this.#send({ kind: 'message', data, ports: ports.map((port) => this.#giveAway(port)) });
  }

  /** The ports that came with a message, made anew on this end. */
  receivePorts(numbers: readonly number[]): MessagePort[] {
    return numbers.map((number) => {
      const port = new MessagePort();
      port.connect(this.#outlet(number));
      this.#others.set(number, {
        send: (message) => port.deliver(message),
        close: () => port.end(),
      });
      return port;
    });
  }

  /** Deals with what belongs to a port; false when it is a message. */
  receive(parcel: Parcel): parcel is Exclude<Parcel, { kind: 'message' }> {
    if (parcel.kind === 'message') return false;
    const other = this.#others.get(parcel.port);
    if (parcel.kind === 'port') other?.send(parcel.data);
    else other?.close();
    return true;
  }

  /** The other end is gone, and all its ports with it. */
  close(): void {
    for (const other of this.#others.values()) other.close();
    this.#others.clear();
  }

  #giveAway(port: MessagePort): number {
    this.#lastPort += 1;
    const number = this.#lastPort;
    this.#others.set(number, port.transfer(this.#outlet(number)));
    return number;
  }

  #outlet(port: number): Outlet {
    return {
      send: (data) => this.#send({ kind: 'port', port, data }),
      close: () => this.#send({ kind: 'port closed', port }),
    };
  }
}
