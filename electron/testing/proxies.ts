import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Proxy, ProxyCredentials } from '../http/route.ts';
import { freePorts, startServerProgram, temporaryDirectory } from './server-program.ts';

export interface RunningProxy {
  readonly proxy: Proxy;
  /** How many connections it passed on to that `host:port`. */
  passed(destination: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts Tinyproxy, which lets everybody through, or those who know the credentials. */
export async function startTinyproxy(credentials?: ProxyCredentials): Promise<RunningProxy> {
  const directory = await temporaryDirectory('tinyproxy');
  const [port = 0] = await freePorts(1);
  const log = join(directory.path, 'log');
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 60',
    `LogFile "${log}"`,
    'LogLevel Connect',
    ...(credentials ? [`BasicAuth ${credentials.username} ${credentials.password}`] : []),
  ];
  await writeFile(join(directory.path, 'tinyproxy.conf'), `${lines.join('\n')}\n`);
  const stop = await startServerProgram({
    command: 'tinyproxy',
    arguments: ['-d', '-c', 'tinyproxy.conf'],
    debianPackage: 'tinyproxy',
    directory: directory.path,
    ready: () => answers(port),
  });
  return {
    proxy: { kind: 'http', host: '127.0.0.1', port },
    passed: async (destination) =>
      (await readFile(log, 'utf8')).split(`CONNECT ${destination} HTTP/1.1`).length - 1,
    stop: async () => {
      await stop();
      await directory.remove();
    },
  };
}

/** Starts MicroSocks, which lets everybody through, or those who know the credentials. */
export async function startMicrosocks(
  credentials?: ProxyCredentials,
): Promise<Pick<RunningProxy, 'proxy' | 'stop'>> {
  const directory = await temporaryDirectory('microsocks');
  const [port = 0] = await freePorts(1);
  const known = credentials ? ['-u', credentials.username, '-P', credentials.password] : [];
  const stop = await startServerProgram({
    command: 'microsocks',
    arguments: ['-i', '127.0.0.1', '-p', String(port), ...known],
    debianPackage: 'microsocks',
    directory: directory.path,
    ready: () => answers(port),
  });
  return {
    proxy: { kind: 'socks5', host: '127.0.0.1', port },
    stop: async () => {
      await stop();
      await directory.remove();
    },
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
