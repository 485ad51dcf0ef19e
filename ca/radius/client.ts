import { randomBytes, randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { readReply, writeAccessRequest } from './packet.ts';
import type { AccessReply, AccessRequest, Exchange } from './packet.ts';
import { RadiusError } from './radius-error.ts';

/** A RADIUS server that knows who may pass (RFC 2865). */
export type RadiusServer = {
  readonly host: string;
  readonly port: number;
  /** Shared with the server. */
  readonly secret: string;
  /** How long it may take to answer, as it does when it asks a person first; 30 when not said. */
  readonly timeoutSeconds?: number;
};

export type RadiusClient = {
  /** Throws RadiusError when there was no answer, and the reason of the signal when it was told to stop. */
  ask(question: Omit<AccessRequest, 'nasIdentifier'>, signal: AbortSignal): Promise<AccessReply>;
};

/** RFC 5080 §2.2.1: the first pause; each further one is twice as long, up to the second number. Milliseconds. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 16_000;

/**
 * Asks over UDP, from a port of its own for each question. What does not prove to be an answer is passed over in
 * silence (RFC 3579 §3.2): a forger must not be able to end the wait for the true one.
 */
export function createRadiusClient(server: RadiusServer, nasIdentifier: string): RadiusClient {
  return {
    async ask(question, signal) {
      const exchange = {
        identifier: randomInt(256),
        authenticator: randomBytes(16),
        secret: Buffer.from(server.secret),
      };
      const packet = writeAccessRequest({ ...question, nasIdentifier }, exchange);
      const { address, family } = await locate(server.host);
      signal.throwIfAborted();
      return converse({ ...server, address, family }, { packet, exchange, signal });
    },
  };
}

async function locate(host: string): Promise<{ address: string; family: number }> {
  try {
    return await lookup(host);
  } catch (cause) {
    throw new RadiusError('unreachable', 'the RADIUS server has no address', { cause });
  }
}

type Peer = RadiusServer & { readonly address: string; readonly family: number };
type Asking = {
  readonly packet: Buffer;
  readonly exchange: Exchange;
  readonly signal: AbortSignal;
};

/** RFC 5080 §2.2.2: what is sent again is the same packet, so that the server knows it for the same question. */
async function converse(peer: Peer, { packet, exchange, signal }: Asking): Promise<AccessReply> {
  const socket = createSocket(peer.family === 6 ? 'udp6' : 'udp4');
  const { promise, resolve, reject } = Promise.withResolvers<AccessReply>();
  const timers: NodeJS.Timeout[] = [];
  let passedOver = 0;
  const stop = (): void => reject(signal.reason);
  const send = (pause: number): void => {
    socket.send(packet);
    timers.push(setTimeout(() => send(Math.min(LONGEST_PAUSE, 2 * pause)), jitter(pause)));
  };
  socket.on('error', (cause) =>
    reject(new RadiusError('unreachable', 'the RADIUS server is not to be reached', { cause })),
  );
  // A connected socket takes datagrams of the server alone, and hears when nothing listens there.
  socket.on('connect', () => send(FIRST_PAUSE));
  socket.on('message', (datagram) => {
    try {
      resolve(readReply(datagram, exchange));
    } catch (error) {
      if (error instanceof RadiusError) passedOver += 1;
      else reject(error);
    }
  });
  signal.addEventListener('abort', stop);
  const seconds = peer.timeoutSeconds ?? 30;
  timers.push(setTimeout(() => reject(timeOut(seconds, passedOver)), seconds * 1000));
  try {
    socket.connect(peer.port, peer.address);
    return await promise;
  } finally {
    timers.forEach(clearTimeout);
    signal.removeEventListener('abort', stop);
    socket.close();
  }
}

/** RFC 5080 §2.2.1: a tenth more or less, so that clients do not keep step. */
function jitter(pause: number): number {
  return pause * (0.9 + randomInt(200) / 1000);
}

function timeOut(seconds: number, passedOver: number): RadiusError {
  const others =
    passedOver === 0
      ? ''
      : `; ${passedOver} datagrams were no answer: is the secret the same, and does it send Message-Authenticator?`;
  return new RadiusError('time-out', `no answer of the RADIUS server in ${seconds} s${others}`);
}
