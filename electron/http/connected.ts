import type { Socket } from 'node:net';

/** Whether no connection may be made to an address. */
export type Refuses = (address: string) => boolean;

/** Has the socket give up before it connects to where its host must not lead: what was looked up is what is connected to. */
export function guarded<S extends Socket>(socket: S, refuses: Refuses | undefined): S {
  if (refuses === undefined) return socket;
  return socket.on('lookup', (error: Error | null, address: string) => {
    if (error === null && refuses(address))
      socket.destroy(new Error('an address to stay away from'));
  });
}

/** The socket once it is connected, or the error that came instead; destroyed when the signal says so. */
export function connected<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      signal.removeEventListener('abort', abort);
      socket.off(event, open).off('error', fail);
    };
    const open = (): void => {
      end();
      resolve(socket);
    };
    const fail = (error: Error): void => {
      end();
      reject(error);
    };
    const abort = (): void => {
      fail(signal.reason as Error);
      socket.on('error', () => undefined).destroy();
    };
    socket.on(event, open).on('error', fail);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}
