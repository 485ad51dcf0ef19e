import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TestAuthority } from './test-authority.ts';

/** A page that asks for a client certificate, tells whose it was, and lets everybody in. */
export class CertificateDoor implements AsyncDisposable {
  readonly #server: Server;
  readonly #visitors: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', ({ socket }, response) => {
      const serial =
        socket instanceof TLSSocket && socket.authorized
          ? socket.getPeerX509Certificate()?.serialNumber
          : 'nobody';
      this.#visitors.push(String(serial));
      response.setHeader('content-type', 'text/html');
      response.end(`<title>Door</title><link rel="icon" href="data:,"><p>${String(serial)}</p>`);
    });
  }

  /** Takes certificates that lead to `root`, and has its own from there. */
  static async open(root: TestAuthority): Promise<CertificateDoor> {
    const tls = { requestCert: true, rejectUnauthorized: false };
    const server = createServer({ ...(await root.issueServer()), ca: root.certificate, ...tls });
    const door = new CertificateDoor(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return door;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `https://localhost:${port}`;
  }

  /** Serial numbers of what was shown, or `nobody`, in order. */
  get visitors(): readonly string[] {
    return this.#visitors;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await Promise.resolve();
  }
}
