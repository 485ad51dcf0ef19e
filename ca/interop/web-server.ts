import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

export type WebServer = { stop(): Promise<void> };

/** A web server for clients that put files into a folder: it serves those, wherever they are asked for. */
export async function serveFolder(folder: string, port: number): Promise<WebServer> {
  const server = createServer((request, response) => {
    const file = join(folder, basename(request.url ?? ''));
    try {
      response.end(readFileSync(file));
    } catch {
      // What cannot be read is not there for the client, whatever the reason.
      response.writeHead(404).end();
    }
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
