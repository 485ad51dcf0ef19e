import type { RadiusServer } from '../radius/client.ts';
import { startFreeRadius, surroundings, type FreeRadiusPlace } from './free-radius-process.ts';

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
  const running = await startFreeRadius((place) => configuration(place, signed));
  return {
    ...{ host: '127.0.0.1', port: running.port, secret, timeoutSeconds: 20 },
    judged: (userName) =>
      running.lines.filter(
        (line) => /Login (OK|incorrect)/.test(line) && line.includes(`[${userName}]`),
      ).length,
    stop: () => running.stop(),
  };
}

function configuration({ directory, port }: FreeRadiusPlace, signed: boolean): string {
  return `
${surroundings(directory)}
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
