import { createHttpClient } from '../http/create-http-client.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { AcmeClientOptions } from '../acme/client.ts';
import { AcmeClient } from '../acme/client.ts';
import { newSigner } from './local-ca.ts';
import { TestAuthority } from './test-authority.ts';
import { bodyOf, TestServers } from './test-servers.ts';

/** What a test answers; `%` in texts stands for the server's origin. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The connection breaks instead, after the request was read. */
  readonly reset?: true;
}

/** A request as the server saw it, its JWS undone without looking at the signature. */
export interface SeenRequest {
  readonly path: string;
  readonly protected: Readonly<Record<string, unknown>>;
  /** Undefined for GET and POST-as-GET. */
  readonly payload: Readonly<Record<string, unknown>> | undefined;
}

export type Script = (request: SeenRequest) => ScriptedAnswer | undefined;

const directory = {
  newNonce: '%/nonce',
  newAccount: '%/new-account',
  newOrder: '%/new-order',
  newAuthz: '%/new-authz',
  revokeCert: '%/revoke',
  keyChange: '%/key-change',
  renewalInfo: '%/renewal-info',
};

/** An ACME server whose answers a test writes, on a real connection. */
export class ScriptedAcme {
  readonly requests: SeenRequest[] = [];
  readonly http: HttpClient;
  readonly #servers: TestServers;

  private constructor(servers: TestServers, root: string) {
    this.#servers = servers;
    this.http = createHttpClient({ rootsFor: () => [root], timeout: 5_000 });
  }

  static async create(): Promise<ScriptedAcme> {
    const root = await TestAuthority.root();
    return new ScriptedAcme(new TestServers(await root.issueServer()), root.certificate);
  }

  /** The origin of a server with a usable directory and nonces, whatever else the script answers. */
  serve(script: Script, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const served: { origin?: string } = {};
    const common = (path: string): ScriptedAnswer | undefined => {
      if (path === '/directory') return { body: { ...directory, ...changes } };
      return path === '/nonce' ? {} : undefined;
    };
    const listening = this.#servers.serve((request, response) => {
      void bodyOf(request).then((body) => {
        const seen = seenRequest(request.url ?? '', body);
        this.requests.push(seen);
        const answer = script(seen) ?? common(seen.path) ?? { status: 404 };
        if (answer.reset) {
          request.socket.destroy();
          return;
        }
        const fill = (text: string): string => text.replaceAll('%', served.origin ?? '');
        for (const [name, value] of Object.entries(answer.headers ?? {})) {
          response.setHeader(name, fill(value));
        }
        response.setHeader('Replay-Nonce', `nonce-${this.requests.length}`);
        response.writeHead(answer.status ?? 200, {
          'Content-Type': answer.type ?? 'application/json',
        });
        const { body: content = '' } = answer;
        response.end(fill(typeof content === 'string' ? content : JSON.stringify(content)));
      });
    });
    return listening.then((origin) => (served.origin = origin));
  }

  /** A client of such a server that has an account there. */
  async connect(
    script: Script,
    changes: Readonly<Record<string, unknown>> = {},
    options: Partial<AcmeClientOptions> = {},
  ): Promise<AcmeClient> {
    const origin = await this.serve(script, changes);
    return AcmeClient.connect({
      http: this.http,
      directoryUrl: `${origin}/directory`,
      signer: newSigner(),
      accountUrl: `${origin}/account/1`,
      ...options,
    });
  }

  async close(): Promise<void> {
    this.requests.length = 0;
    this.http.close();
    await this.#servers.close();
  }
}

export const acmeError = (type: string, more: Readonly<Record<string, unknown>> = {}) => ({
  type: `urn:ietf:params:acme:error:${type}`,
  detail: type,
  ...more,
});

function seenRequest(path: string, body: string): SeenRequest {
  if (body === '') return { path, protected: {}, payload: undefined };
  const jws = JSON.parse(body) as { readonly protected: string; readonly payload: string };
  const read = (part: string): Readonly<Record<string, unknown>> =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>;
  return {
    path,
    protected: read(jws.protected),
    payload: jws.payload === '' ? undefined : read(jws.payload),
  };
}
