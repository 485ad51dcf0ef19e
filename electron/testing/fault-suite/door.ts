import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A way to a server that can be shut: connections are refused then, and those that there are end. */
export class Door {
  readonly port: number;
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #server: Server;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    this.#serve();
  }

  static async open(target: number): Promise<Door> {
    return new Door(await listen(0), target);
  }

  async shut(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async reopen(): Promise<void> {
    this.#server = await listen(this.port);
    this.#serve();
  }

  #serve(): void {
    this.#server.on('connection', (near) => {
      const far = connect(this.#target, '127.0.0.1');
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from.setNoDelay());
    from.pipe(to);
    // Whoever resets a connection resets it for both.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer({ noDelay: true });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
