import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  startFreeRadius,
  surroundings,
  type FreeRadiusPlace,
  type RunningFreeRadius,
} from '../../ca/testing/free-radius-process.ts';
import type { RadiusProbe } from '../install/install-target.ts';

export interface EapTlsWish {
  /** Whose clients are let in: PEM roots and issuers. */
  readonly trusted: string;
  /** PEM, of each issuer in `trusted` that issues to clients. */
  readonly revocationLists: string;
  /** PEM: the server's own, its issuers behind it, and its key. */
  readonly server: { readonly cert: string; readonly key: string };
  /** As far as the server goes. */
  readonly newestTls?: '1.2' | '1.3';
}

const secret = 'of-test-and-server';

/** A network's RADIUS server: EAP-TLS and nothing else, with a look at who is revoked. */
export class FreeRadius implements AsyncDisposable {
  readonly probe: RadiusProbe;
  readonly #wish: EapTlsWish;
  readonly #within: readonly string[] | undefined;
  #running: RunningFreeRadius;

  private constructor(
    wish: EapTlsWish,
    within: readonly string[] | undefined,
    running: RunningFreeRadius,
  ) {
    this.#wish = wish;
    this.#within = within;
    this.#running = running;
    this.probe = { host: '127.0.0.1', port: running.port, secret, mayStayHere: true };
  }

  /** `within`: what leads into the namespace where it is asked. */
  static async start(wish: EapTlsWish, within?: readonly string[]): Promise<FreeRadius> {
    const running = await startFreeRadius((place) => configuration(place, wish), within);
    return new FreeRadius(wish, within, running);
  }

  /** It reads lists when it starts: anew, at the same port. */
  async revoke(revocationLists: string): Promise<void> {
    const wish = { ...this.#wish, revocationLists };
    const { port } = this.probe;
    await this.#running.stop();
    const describe = (place: FreeRadiusPlace) => configuration(place, wish);
    this.#running = await startFreeRadius(describe, this.#within, port);
  }

  /** Whether and why clients were let in, as it logs that. */
  get verdicts(): readonly string[] {
    return this.#running.lines.filter((line) => /Login (OK|incorrect)/.test(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.stop();
  }
}

function configuration(place: FreeRadiusPlace, wish: EapTlsWish): string {
  const { directory, port } = place;
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return `${surroundings(directory)}
thread pool {
  start_servers = 1
  max_servers = 2
  min_spare_servers = 1
  max_spare_servers = 2
}
client loopback {
  ipaddr = 127.0.0.1
  secret = "${secret}"
  require_message_authenticator = yes
}
modules {
  eap {
    default_eap_type = tls
    timer_expire = 60
    max_sessions = 64
    tls-config tls-common {
      private_key_file = ${file('server.key', wish.server.key)}
      certificate_file = ${file('server.pem', wish.server.cert)}
      ca_file = ${file('trusted.pem', `${wish.trusted}\n${wish.revocationLists}\n`)}
      check_crl = yes
      cipher_list = "DEFAULT"
      tls_min_version = "1.2"
      tls_max_version = "${wish.newestTls ?? '1.3'}"
    }
    tls {
      send_error = yes
      tls = tls-common
    }
  }
  always ok {
    rcode = ok
  }
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
  authorize {
    eap {
      ok = return
    }
  }
  authenticate {
    eap
  }
  post-auth {
    Post-Auth-Type REJECT {
      ok
    }
  }
}
`;
}
