import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RadiusServer } from '../radius/client.ts';

/** What the users of the server send. */
export const radiusUsers = {
  /** Takes this password, as often as it comes. */
  simple: { userName: 'simple', password: '482915' },
  /** The same, after two seconds, as one that asks a telephone first. */
  slow: { userName: 'slow', password: 'push' },
  /** Codes by RFC 6238 that the server itself works out. */
  totp: { userName: 'totp', secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' },
  /** First a PIN, then the code that the server says it sent. */
  steps: { userName: 'steps', pin: '2468', code: '73914620', said: 'Enter the code that was sent' },
} as const;

export type RunningRadiusServer = RadiusServer & {
  /** How many requests the server has accepted or rejected, by the name of the user. */
  judged(userName: string): number;
  stop(): Promise<void>;
};

const secret = 'of test and server';

/** FreeRADIUS, for one loopback test; `signed: false` leaves the Message-Authenticator out of its answers. */
export async function startRadiusServer({ signed = true } = {}): Promise<RunningRadiusServer> {
  if (spawnSync('which', ['freeradius'], { env: { PATH: servers() } }).status !== 0) {
    throw new Error('freeradius is missing; as root: apt-get install freeradius');
  }
  const directory = mkdtempSync(join(tmpdir(), 'radius-'));
  const port = await freePort();
  writeFileSync(join(directory, 'radiusd.conf'), configuration(directory, { port, signed }));
  // It ends with this process, however that ends.
  const command = ['--pdeathsig', 'KILL', 'freeradius', '-f', '-l', 'stdout', '-d', directory];
  const child = spawn('setpriv', [...command, '-D', '/usr/share/freeradius'], {
    env: { PATH: servers() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('Ready to process requests')) resolve();
    });
    child.once('close', () => reject(new Error(`freeradius ended:\n${lines.join('\n')}`)));
  });
  await ready;
  return {
    ...{ host: '127.0.0.1', port, secret, timeoutSeconds: 20 },
    judged: (userName) =>
      lines.filter((line) => /Login (OK|incorrect)/.test(line) && line.includes(`[${userName}]`))
        .length,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
      rmSync(directory, { recursive: true });
    },
  };
}

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

type Choice = { readonly port: number; readonly signed: boolean };

function configuration(directory: string, { port, signed }: Choice): string {
  return `
prefix = /usr
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
proxy_requests = no
thread pool {
  start_servers = 2
  max_servers = 8
  min_spare_servers = 1
  max_spare_servers = 4
}
client loopback {
  ipaddr = 127.0.0.1
  secret = "${secret}"
  require_message_authenticator = yes
}
modules {
  pap {
  }
  totp {
  }
  exec {
    wait = yes
    program = "/bin/sleep 2"
    input_pairs = request
    timeout = 10
  }
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
${users()}
  post-auth {
    ${signed ? signature : ''}
    Post-Auth-Type REJECT {
      ${signed ? signature : ''}
    }
    Post-Auth-Type Challenge {
      ${signed ? signature : ''}
    }
  }
}
`;
}

const signature = `update reply {
      Message-Authenticator := 0x00
    }`;

function users(): string {
  const { simple, slow, totp, steps } = radiusUsers;
  return `
  authorize {
    if (&User-Name == "${simple.userName}") {
      update control {
        Cleartext-Password := "${simple.password}"
      }
    }
    elsif (&User-Name == "${slow.userName}") {
      exec
      update control {
        Cleartext-Password := "${slow.password}"
      }
    }
    elsif (&User-Name == "${totp.userName}") {
      update control {
        TOTP-Secret := "${totp.secret}"
        Auth-Type := totp
      }
      update request {
        TOTP-Password := &User-Password
      }
    }
    elsif (&User-Name == "${steps.userName}") {
      if (&State == 0x73746570) {
        update control {
          Cleartext-Password := "${steps.code}"
        }
      }
      elsif (&User-Password == "${steps.pin}") {
        update control {
          Response-Packet-Type := Access-Challenge
          Auth-Type := Accept
        }
        update reply {
          State := 0x73746570
          Reply-Message := "${steps.said}"
        }
      }
    }
    pap
  }
  authenticate {
    pap
    Auth-Type totp {
      totp
    }
  }`;
}
