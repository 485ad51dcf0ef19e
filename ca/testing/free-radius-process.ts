import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where one FreeRADIUS keeps its files, and is asked. */
export type FreeRadiusPlace = { readonly directory: string; readonly port: number };

export type RunningFreeRadius = FreeRadiusPlace & {
  /** What it has logged, as it goes on. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
};

/** FreeRADIUS of one test on a port of its own. It ends with this process, however that ends. `within`: what leads into its namespace. */
export async function startFreeRadius(
  configuration: (place: FreeRadiusPlace) => string,
  within: readonly string[] = [],
  chosenPort?: number,
): Promise<RunningFreeRadius> {
  if (spawnSync('which', ['freeradius'], { env: { PATH: servers() } }).status !== 0) {
    throw new Error('freeradius is missing; as root: apt-get install freeradius');
  }
  const directory = mkdtempSync(join(tmpdir(), 'radius-'));
  const port = chosenPort ?? (await freePort());
  writeFileSync(join(directory, 'radiusd.conf'), configuration({ directory, port }));
  const command = [
    'freeradius',
    '-f',
    '-l',
    'stdout',
    '-d',
    directory,
    '-D',
    '/usr/share/freeradius',
  ];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...within, ...command], {
    env: { PATH: servers() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('Ready to process requests')) resolve();
    });
    child.once('close', () => reject(new Error(`freeradius ended:\n${lines.join('\n')}`)));
  });
  return {
    ...{ directory, port, lines },
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
      rmSync(directory, { recursive: true });
    },
  };
}

/** What every one of its configurations starts with. */
export const surroundings = (directory: string): string => `prefix = /usr
libdir = /usr/lib/freeradius
logdir = ${directory}
run_dir = ${directory}
raddbdir = ${directory}
correct_escapes = true
max_request_time = 30
cleanup_delay = 5
log {
  destination = stdout
  auth = yes
}
security {
  reject_delay = 0
}
proxy_requests = no`;

/** Debian keeps servers where only root's path leads. */
const servers = (): string => `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
