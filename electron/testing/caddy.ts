import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { createHttpClient } from '../http/create-http-client.ts';
import type { HttpClient } from '../http/http-client.ts';
import { freePorts, startServerProgram, temporaryDirectory } from './server-program.ts';
import { TestAuthority } from './test-authority.ts';

export interface Caddy {
  readonly directoryUrl: string;
  readonly http: HttpClient;
  stop(): Promise<void>;
}

/** Starts Caddy's ACME server, which is smallstep's. */
export async function startCaddy(): Promise<Caddy> {
  const directory = await temporaryDirectory('caddy');
  const authority = await TestAuthority.root();
  const [port = 0] = await freePorts(1);
  await writeConfiguration(directory.path, authority, port);
  const http = createHttpClient({ rootsFor: () => [authority.certificate], timeout: 10_000 });
  const directoryUrl = `https://localhost:${port}/acme/local/directory`;
  const stopCaddy = await startServerProgram({
    command: 'caddy',
    arguments: ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
    debianPackage: 'caddy',
    directory: directory.path,
    environment: {
      XDG_DATA_HOME: join(directory.path, 'data'),
      XDG_CONFIG_HOME: join(directory.path, 'config'),
    },
    ready: async () => (await http.request({ method: 'GET', url: directoryUrl })).status === 200,
  });
  return {
    directoryUrl,
    http,
    stop: async () => {
      http.close();
      await stopCaddy();
      await directory.remove();
    },
  };
}

async function writeConfiguration(
  directory: string,
  authority: TestAuthority,
  port: number,
): Promise<void> {
  const { cert, key } = await authority.issueServer();
  await writeFile(join(directory, 'server.pem'), cert);
  await writeFile(join(directory, 'server.key'), key);
  await writeFile(
    join(directory, 'Caddyfile'),
    `{
  admin off
  auto_https off
  skip_install_trust
  storage file_system ${directory}/storage
  pki {
    ca local {
      name "Test Caddy"
    }
  }
}
https://localhost:${port} {
  bind 127.0.0.1
  tls ${directory}/server.pem ${directory}/server.key
  acme_server {
    ca local
    lifetime 12h
  }
}
`,
  );
}

const patience = 60_000;

/**
 * Answers http-01 for `localhost` on port 80, the only one that Caddy asks; waits while somebody else has it.
 * Needs the right to use that port.
 */
export async function servePort80(pages: ReadonlyMap<string, string>): Promise<Server> {
  const deadline = Date.now() + patience;
  for (;;) {
    const server = createServer((request, response) => {
      const page = pages.get(request.url ?? '');
      response.writeHead(page === undefined ? 404 : 200, { connection: 'close' }).end(page);
    });
    const code = await new Promise<string | undefined>((resolve) => {
      server.once('error', (error) => resolve('code' in error ? String(error.code) : 'unknown'));
      server.listen(80, '127.0.0.1', () => resolve(undefined));
    });
    if (code === undefined) return server;
    if (code !== 'EADDRINUSE' || Date.now() > deadline) {
      throw new Error(`port 80 cannot be used for http-01 (${code})`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
