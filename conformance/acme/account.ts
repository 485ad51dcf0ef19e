import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { fail } from '../case.ts';
import { algorithmOf, encode, publicJwk, signingBy, thumbprintOf } from './jws.ts';
import type { Header, Signing } from './jws.ts';
import { readJson, readProblem } from './objects.ts';
import type { Json } from './objects.ts';
import type { Server } from './server.ts';
import type { Reply } from './transport.ts';

/** An external account key (RFC 8555 §7.3.4). */
export type ExternalKey = {
  readonly kid: string;
  /** The MAC key. */
  readonly hmac: Buffer;
};

/** How a request is wrong. */
export type Deviation = {
  /** Members that replace or, as undefined, remove those of the protected header. */
  readonly header?: Header;
  readonly signing?: Signing;
  readonly contentType?: string;
  /** Goes to this address, and not to the one that is signed. */
  readonly to?: string;
};

/** An empty text is a POST-as-GET (RFC 8555 §6.3). */
export type Payload = Json | readonly unknown[] | string | number | null;

/** How often a refused nonce is replaced (RFC 8555 §6.5). */
const NONCES = 3;

/** An account, or a key that is about to become one. */
export class Account {
  readonly key: KeyObject;
  readonly thumbprint: string;
  readonly #server: Server;
  url: string | undefined;

  private constructor(server: Server, key: KeyObject, thumbprint: string) {
    this.#server = server;
    this.key = key;
    this.thumbprint = thumbprint;
  }

  static async withKey(server: Server, key: KeyObject, url?: string): Promise<Account> {
    const account = new Account(server, key, await thumbprintOf(key));
    account.url = url;
    return account;
  }

  /** RFC 8555 §7.3, bound by an external account key when there is one. */
  async register(external?: ExternalKey): Promise<Reply> {
    const { newAccount } = await this.#server.directory();
    const binding = external && {
      externalAccountBinding: bindingOf(external, publicJwk(this.key), newAccount),
    };
    const reply = await this.post(newAccount, { termsOfServiceAgreed: true, ...binding });
    if (reply.status === 200 || reply.status === 201) {
      this.url = reply.headers.location ?? fail('newAccount gave no Location (RFC 8555 §7.3)');
    }
    return reply;
  }

  /** Signs and posts; a nonce that was refused is replaced, unless the deviation is about it. */
  async post(url: string, payload: Payload, deviation: Deviation = {}): Promise<Reply> {
    for (let tries = 1; ; tries += 1) {
      const reply = await this.#post(url, payload, deviation);
      const again = tries < NONCES && !('nonce' in (deviation.header ?? {}));
      if (!again || reply.status !== 400) return reply;
      if (readProblem(readJson(reply, 'a problem')).type !== 'badNonce') return reply;
    }
  }

  async #post(url: string, payload: Payload, deviation: Deviation): Promise<Reply> {
    const identity = this.url === undefined ? { jwk: publicJwk(this.key) } : { kid: this.url };
    const header = {
      ...{ alg: algorithmOf(this.key), ...identity, url, nonce: await this.#server.nonce() },
      ...deviation.header,
    };
    const encoded = encode(JSON.stringify(header));
    const body = payload === '' ? '' : encode(JSON.stringify(payload));
    const signing = deviation.signing ?? signingBy(this.key);
    return this.#server.send({
      method: 'POST',
      url: deviation.to ?? url,
      headers: { 'Content-Type': deviation.contentType ?? 'application/jose+json' },
      body: JSON.stringify({
        ...{ protected: encoded, payload: body },
        signature: encode(signing(`${encoded}.${body}`)),
      }),
    });
  }
}

/** RFC 8555 §7.3.4. */
function bindingOf({ kid, hmac }: ExternalKey, jwk: object, url: string): Json {
  const header = encode(JSON.stringify({ alg: 'HS256', kid, url }));
  const payload = encode(JSON.stringify(jwk));
  const signature = createHmac('sha256', hmac).update(`${header}.${payload}`).digest('base64url');
  return { protected: header, payload, signature };
}
