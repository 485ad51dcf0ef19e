import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { VirtualPivCard } from './virtual-piv-card.ts';

/** What vpcd says in one octet; everything longer is a command APDU. */
const control = { off: 0, on: 1, reset: 2, answerToReset: 4 } as const;

const patience = 60_000;

/** T=1, without historical bytes. */
const answerToReset = Buffer.from('3b800181', 'hex');

/** A card in a reader of vpcd: each message is its length in two octets, and the message. */
export class VpcdLink {
  readonly #socket: Socket;
  readonly #card: VirtualPivCard;
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, card: VirtualPivCard) {
    this.#socket = socket;
    this.#card = card;
    // Otherwise each APDU waits 40 ms for an acknowledgement.
    socket.setNoDelay(true);
    socket.on('data', (octets) => this.#receive(octets));
    // The reader went away: so did the card.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => card.reset());
  }

  /** Puts the card into the reader that listens at this port; resolves when the reader has noticed. */
  static async open(port: number, card: VirtualPivCard): Promise<VpcdLink> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const link = new VpcdLink(socket, card);
    await once(socket, 'data', { signal: AbortSignal.timeout(patience) });
    return link;
  }

  /** Pulls it out. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.destroy();
    await closed;
  }

  #receive(octets: Buffer): void {
    this.#received = Buffer.concat([this.#received, octets]);
    while (this.#received.length >= 2) {
      const end = 2 + this.#received.readUInt16BE(0);
      if (this.#received.length < end) return;
      const message = this.#received.subarray(2, end);
      this.#received = this.#received.subarray(end);
      this.#handle(message);
    }
  }

  #handle(message: Buffer): void {
    if (message.length !== 1) this.#send(this.#card.transmit(message));
    else if (message[0] === control.answerToReset) this.#send(answerToReset);
    else this.#card.reset();
  }

  #send(message: Buffer): void {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    this.#socket.write(Buffer.concat([length, message]));
  }
}
