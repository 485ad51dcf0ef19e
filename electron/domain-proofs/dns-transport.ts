import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { DnsError } from './dns-error.ts';
import { uint16 } from './dns-message.ts';

/** Where a name server listens; `host` is an address. */
export interface DnsServer {
  readonly host: string;
  /** 53 when not said. */
  readonly port?: number;
}

export interface Exchange<T> {
  readonly doing: string;
  readonly server: DnsServer;
  readonly message: Buffer;
  /** Undefined: this is no answer to our message, another may come. */
  readonly read: (answer: Buffer) => T | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** Settles an exchange exactly once, by what comes first: an answer, a fault, the time or an abort. */
interface Settling<T> {
  readonly resolve: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

const standardPort = 53;

/** RFC 1035 §4.2.1. The socket is connected, so that datagrams from elsewhere never reach it. */
export function exchangeOverUdp<T>(exchange: Exchange<T>): Promise<T> {
  return settle(exchange, ({ resolve, fail }) => {
    const { server, message, read, doing } = exchange;
    const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
    const unreachable = (cause: unknown): void =>
      fail(new DnsError('unreachable', doing, { cause }));
    socket.on('error', unreachable);
    socket.on('message', (datagram) => attempt(fail, () => deliver(read(datagram), resolve)));
    socket.connect(server.port ?? standardPort, server.host, (error?: Error) => {
      if (error) unreachable(error);
      else socket.send(message);
    });
    return () => socket.close();
  });
}

/** RFC 1035 §4.2.2: each message is preceded by its length. */
export function exchangeOverTcp<T>(exchange: Exchange<T>): Promise<T> {
  return settle(exchange, ({ resolve, fail }) => {
    const { server, message, read, doing } = exchange;
    const socket = connect({ host: server.host, port: server.port ?? standardPort });
    let received: Buffer = Buffer.alloc(0);
    socket.on('connect', () => socket.write(Buffer.concat([uint16(message.length), message])));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      attempt(fail, () => {
        for (let next = takeMessage(received); next; next = takeMessage(received)) {
          received = next.rest;
          deliver(read(next.message), resolve);
        }
      });
    });
    socket.on('error', (cause) => fail(new DnsError('unreachable', doing, { cause })));
    socket.on('end', () => fail(new DnsError('unreachable', doing)));
    return () => socket.destroy();
  });
}

function takeMessage(octets: Buffer): { message: Buffer; rest: Buffer } | undefined {
  if (octets.length < 2) return undefined;
  const end = 2 + octets.readUInt16BE(0);
  return octets.length < end
    ? undefined
    : { message: octets.subarray(2, end), rest: octets.subarray(end) };
}

function deliver<T>(value: T | undefined, resolve: (value: T) => void): void {
  if (value !== undefined) resolve(value);
}

function attempt(fail: (error: unknown) => void, act: () => void): void {
  try {
    act();
  } catch (error) {
    fail(error);
  }
}

/** `open` starts the exchange and returns how to end it. */
function settle<T>(
  { doing, timeout, signal }: Exchange<T>,
  open: (settling: Settling<T>) => () => void,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason as Error);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = (): void => reject(signal?.reason as Error);
  const close = open({ resolve, fail: reject });
  const timer = setTimeout(() => reject(new DnsError('timeout', doing)), timeout);
  signal?.addEventListener('abort', abort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    close();
  });
}
