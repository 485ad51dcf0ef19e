import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsIdentity } from './issuer.ts';

export type ListenerOptions = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Whether clients are asked for a certificate; they are served without one too. */
  readonly asksForCertificate: boolean;
};

/** An HTTPS server that has a port, and nothing to say yet. */
export type Listener = {
  readonly port: number;
  /** `trusted`: the CA certificates, PEM, that client certificates are judged by. */
  serve(identity: TlsIdentity, trusted: readonly string[], handler: RequestListener): void;
  close(): Promise<void>;
};

/** Takes a port first, because certificates and URLs depend on which one it is. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { host, port, asksForCertificate } = options;
  const server = createServer({
    requestCert: asksForCertificate,
    rejectUnauthorized: false,
    keepAliveTimeout: 60_000,
  });
  server.listen({ host, port });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    serve({ key, cert }, trusted, handler) {
      // Without tickets no session is resumed, and every connection shows its certificate anew.
      const secureOptions = constants.SSL_OP_NO_TICKET;
      const ca = trusted.length === 0 ? {} : { ca: [...trusted] };
      server.setSecureContext({ key, cert, ...ca, secureOptions, minVersion: 'TLSv1.2' });
      server.on('request', handler);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
