import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface DelayedServer {
  readonly port: number;
  stop(): void;
}

/**
 * A server further away: everything takes half a round trip more each way, and a connection one round trip before it is open.
 * What is on its way at the same time does not wait for each other.
 */
export async function farAway(target: number, roundTrip: number): Promise<DelayedServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    near.setNoDelay(true);
    sockets.add(near);
    setTimeout(() => {
      const far = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
      sockets.add(far);
      carry(near, far, roundTrip / 2);
      carry(far, near, roundTrip / 2);
    }, roundTrip);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function carry(from: Socket, to: Socket, delay: number): void {
  from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), delay));
  from.on('end', () => setTimeout(() => to.end(), delay));
  from.on('error', () => to.destroy());
}
