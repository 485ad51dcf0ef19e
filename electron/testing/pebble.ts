import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { createHttpClient } from '../http/create-http-client.ts';
import type { HttpClient } from '../http/http-client.ts';
import { freePorts, startServerProgram, temporaryDirectory } from './server-program.ts';
import { TestAuthority } from './test-authority.ts';

export interface PebbleOptions {
  /** Key ids and base64url keys, one of which a new account must have. */
  readonly externalAccounts?: Readonly<Record<string, string>>;
  readonly alternateRoots?: number;
  /** `address:port` that is asked about names; one for which every host is this computer when not said. */
  readonly dnsServer?: string;
  /** Where http-01 looks; `pages` are served there when not said. */
  readonly httpPort?: number;
  /** Where tls-alpn-01 looks. */
  readonly tlsPort?: number;
  /** Pebble's own switches, beside those that every test sets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Hears what Pebble prints: a line for each request. */
  readonly onOutput?: (text: string) => void;
}

export interface Pebble {
  readonly directoryUrl: string;
  readonly http: HttpClient;
  /** File with the PEM of the root that vouches for the server itself. */
  readonly serverRootFile: string;
  /** PEM of the root that issued certificates lead to; 0 is the default one, the others are alternates. */
  root(index?: number): Promise<string>;
  /** Pebble's own word for what became of a certificate: `Valid` or `Revoked`; by its serial number, in hex. */
  certificateStatus(serialNumber: string): Promise<string>;
  /** Answers http-01 validation: paths and what is found there. */
  readonly pages: Map<string, string>;
  stop(): Promise<void>;
}

/** Starts Let's Encrypt's test CA, with the nonces that it refuses at random left as they are. */
export async function startPebble(options: PebbleOptions = {}): Promise<Pebble> {
  const directory = await temporaryDirectory('pebble');
  const authority = await TestAuthority.root();
  const [port = 0, management = 0, dns = 0, dnsManagement = 0, pagesPort = 0] = await freePorts(5);
  const { httpPort = pagesPort, tlsPort = 1, dnsServer = `127.0.0.1:${dns}` } = options;
  const pages = new Map<string, string>();
  const validationTarget = await servePages(pages, pagesPort);
  const stopNames = await startNames(directory.path, dns, dnsManagement);
  const http = createHttpClient({ rootsFor: () => [authority.certificate], timeout: 10_000 });
  await writeConfiguration(directory.path, authority, {
    port,
    management,
    httpPort,
    tlsPort,
    options,
  });
  const directoryUrl = `https://localhost:${port}/dir`;
  const stopPebble = await startServerProgram({
    command: 'pebble',
    arguments: ['-config', 'pebble.json', '-dnsserver', dnsServer],
    debianPackage: 'pebble',
    directory: directory.path,
    environment: {
      PEBBLE_VA_NOSLEEP: '1',
      PEBBLE_AUTHZREUSE: '0',
      PEBBLE_ALTERNATE_ROOTS: String(options.alternateRoots ?? 0),
      ...options.environment,
    },
    ...(options.onOutput && { onOutput: options.onOutput }),
    ready: async () => (await http.request({ method: 'GET', url: directoryUrl })).status === 200,
  });
  return {
    directoryUrl,
    http,
    serverRootFile: join(directory.path, 'root.pem'),
    pages,
    root: async (index = 0) => {
      const url = `https://localhost:${management}/roots/${index}`;
      const { body } = await http.request({ method: 'GET', url });
      return Buffer.from(body).toString();
    },
    certificateStatus: async (serialNumber) => {
      const url = `https://localhost:${management}/cert-status-by-serial/${serialNumber.toLowerCase()}`;
      const { body } = await http.request({ method: 'GET', url });
      return (JSON.parse(Buffer.from(body).toString()) as { Status: string }).Status;
    },
    stop: async () => {
      http.close();
      await stopPebble();
      await stopNames();
      await new Promise((resolve) => validationTarget.close(resolve));
      await directory.remove();
    },
  };
}

async function servePages(pages: Map<string, string>, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

/** A name server for which every host is this computer. */
async function startNames(
  directory: string,
  dns: number,
  management: number,
): Promise<() => Promise<void>> {
  return startServerProgram({
    command: 'pebble-challtestsrv',
    arguments: [
      ['-defaultIPv4', '127.0.0.1'],
      ['-defaultIPv6', ''],
      ['-dns01', `127.0.0.1:${dns}`],
      ['-management', `127.0.0.1:${management}`],
      ['-http01', ''],
      ['-https01', ''],
      ['-tlsalpn01', ''],
    ].flat(),
    debianPackage: 'pebble',
    directory,
    ready: async () => (await fetch(`http://127.0.0.1:${management}/`)).status > 0,
  });
}

async function writeConfiguration(
  directory: string,
  authority: TestAuthority,
  settings: {
    readonly port: number;
    readonly management: number;
    readonly httpPort: number;
    readonly tlsPort: number;
    readonly options: PebbleOptions;
  },
): Promise<void> {
  const { cert, key } = await authority.issueServer();
  const { externalAccounts } = settings.options;
  const pebble = {
    listenAddress: `127.0.0.1:${settings.port}`,
    managementListenAddress: `127.0.0.1:${settings.management}`,
    certificate: 'server.pem',
    privateKey: 'server.key',
    httpPort: settings.httpPort,
    tlsPort: settings.tlsPort,
    ocspResponderURL: '',
    externalAccountBindingRequired: externalAccounts !== undefined,
    externalAccountMACKeys: externalAccounts ?? {},
  };
  await writeFile(join(directory, 'server.pem'), cert);
  await writeFile(join(directory, 'server.key'), key);
  await writeFile(join(directory, 'root.pem'), authority.certificate);
  await writeFile(join(directory, 'pebble.json'), JSON.stringify({ pebble }));
}
