import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MeasuredPebble } from './pebble-under-load.ts';
import type { Command } from './timed-command.ts';

/** A client under measurement: how it gets one certificate as a whole process. */
export interface Contender {
  readonly name: string;
  /** With what it left in `home` it has an account already. */
  readonly command: (errand: Errand) => Command;
}

export interface Errand {
  readonly directoryUrl: string;
  /** PEM file of the root that vouches for the server. */
  readonly serverRootFile: string;
  /** Where the client keeps its account. */
  readonly home: string;
  /** What the certificate is for. */
  readonly identifier: string;
  /** Free port, for clients that insist on serving the proof. */
  readonly httpPort: number;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export const lego: Contender = {
  name: 'lego',
  command: ({ directoryUrl, serverRootFile, home, identifier, httpPort }) => ({
    program: 'lego',
    parameters: [
      ...['--server', directoryUrl, '--path', home, '--email', 'bench@example.test'],
      ...['--accept-tos', '--domains', identifier],
      ...['--http', '--http.port', `127.0.0.1:${httpPort}`, 'run'],
    ],
    env: { LEGO_CA_CERTIFICATES: serverRootFile },
  }),
};

export const certbot: Contender = {
  name: 'certbot',
  command: ({ directoryUrl, serverRootFile, home, identifier, httpPort }) => ({
    program: 'certbot',
    parameters: [
      ...['certonly', '--standalone', '--non-interactive', '--agree-tos', '--quiet'],
      ...['--register-unsafely-without-email', '--key-type', 'ecdsa'],
      ...['--server', directoryUrl, '--domain', identifier],
      ...['--http-01-address', '127.0.0.1', '--http-01-port', String(httpPort)],
      ...['--config-dir', join(home, 'config'), '--work-dir', join(home, 'work')],
      ...['--logs-dir', join(home, 'logs')],
    ],
    env: { REQUESTS_CA_BUNDLE: serverRootFile },
  }),
};

export const acmeClient: Contender = {
  name: 'acme-client (npm)',
  command: ({ directoryUrl, serverRootFile, home, identifier }) => ({
    program: process.execPath,
    parameters: [here('peer-acme-client.ts'), directoryUrl, join(home, 'account.pem'), identifier],
    env: { NODE_EXTRA_CA_CERTS: serverRootFile },
  }),
};

/** What any program of Node costs before it does anything. */
export const bareNode: Contender = {
  name: 'node -e 0',
  command: () => ({ program: process.execPath, parameters: ['-e', '0'] }),
};

export async function errandAt(
  pebble: MeasuredPebble,
  details: Pick<Errand, 'home' | 'identifier' | 'httpPort'> & { readonly directoryUrl?: string },
): Promise<Errand> {
  await mkdir(details.home, { recursive: true });
  return {
    directoryUrl: pebble.directoryUrl,
    serverRootFile: pebble.serverRootFile,
    ...details,
  };
}
