import { createHmac } from 'node:crypto';
import { exportJWK, FlattenedSign, generateKeyPair } from 'jose';
import type { CryptoKey, FlattenedJWS, JWK } from 'jose';
import type { RunningCa } from '../running-ca.ts';
import { createHttpsClient } from './https.ts';
import type { HttpsClient, Reply } from './https.ts';

export type Json = Readonly<Record<string, unknown>>;

/** An answer, with the parts that tests look at. */
export type AcmeReply = Reply & {
  readonly body: Json;
  /** The problem's type without the URN prefix; undefined for other answers. */
  readonly problem: string | undefined;
  readonly location: string | undefined;
};

export type ChallengeObject = {
  readonly type: string;
  readonly url: string;
  readonly status: string;
  readonly token: string;
  /** Of otp-01. */
  readonly display?: string;
  readonly prompt?: string;
  readonly error?: Json;
};

export type AuthorizationObject = {
  readonly status: string;
  readonly identifier: Json;
  readonly challenges: readonly ChallengeObject[];
  readonly wildcard?: boolean;
  readonly subdomainAuthAllowed?: boolean;
};

export type OrderObject = {
  readonly status: string;
  readonly identifiers: readonly Json[];
  readonly authorizations: readonly string[];
  readonly finalize: string;
  readonly certificate?: string;
  readonly profile: string;
  readonly replaces?: string;
  readonly error?: Json;
};

export type Signing = {
  /** Members that replace or, as undefined, remove those of the protected header. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey;
  readonly contentType?: string;
  /** Changes the signed body before it is sent. */
  readonly tamper?: (jws: FlattenedJWS) => unknown;
};

export type KeyPair = {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly algorithm: string;
};

export async function newKeyPair(algorithm = 'ES256'): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey), algorithm };
}

export type Directory = {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  readonly newAuthz: string;
  readonly revokeCert: string;
  readonly keyChange: string;
  readonly renewalInfo: string;
  readonly meta: Json;
};

/** A client that does what a test tells it to, right or wrong. */
export class AcmeClient {
  readonly https: HttpsClient;
  readonly directory: Directory;
  keys: KeyPair;
  kid: string | undefined;
  #nonce: string | undefined;

  constructor(https: HttpsClient, directory: Directory, keys: KeyPair) {
    this.https = https;
    this.directory = directory;
    this.keys = keys;
  }

  static async connect(ca: RunningCa, algorithm?: string): Promise<AcmeClient> {
    const https = createHttpsClient(ca.rootPem);
    const { bytes } = await https.send(ca.directoryUrl);
    const directory = JSON.parse(bytes.toString()) as Directory;
    return new AcmeClient(https, directory, await newKeyPair(algorithm));
  }

  async nonce(): Promise<string> {
    const known = this.#nonce;
    this.#nonce = undefined;
    if (known !== undefined) return known;
    const { headers } = await this.https.send(this.directory.newNonce);
    return String(headers['replay-nonce']);
  }

  /** Signs and posts; a payload of "" is a POST-as-GET. */
  async post(url: string, payload: object | '', signing: Signing = {}): Promise<AcmeReply> {
    const identity = this.kid === undefined ? { jwk: this.keys.jwk } : { kid: this.kid };
    const header = {
      alg: this.keys.algorithm,
      ...identity,
      nonce: await this.nonce(),
      url,
      ...signing.header,
    };
    const jws = await sign(payload, header, signing.key ?? this.keys.privateKey);
    const body = JSON.stringify(signing.tamper === undefined ? jws : signing.tamper(jws));
    return this.send(url, body, signing.contentType);
  }

  async send(url: string, body: string, contentType = 'application/jose+json'): Promise<AcmeReply> {
    const headers = { 'Content-Type': contentType };
    const reply = await this.https.send(url, { method: 'POST', headers, body });
    this.#nonce = reply.headers['replay-nonce'] as string | undefined;
    return toAcmeReply(reply);
  }

  get(url: string): Promise<AcmeReply> {
    return this.post(url, '');
  }

  /** Registers the account; with an external account key, bound by it. */
  async register(binding?: { readonly kid: string; readonly macKey: string }): Promise<AcmeReply> {
    const field =
      binding === undefined
        ? {}
        : { externalAccountBinding: bind(binding, this.keys.jwk, this.directory.newAccount) };
    const reply = await this.post(this.directory.newAccount, {
      termsOfServiceAgreed: true,
      ...field,
    });
    this.kid = reply.location;
    return reply;
  }

  /** Gives the account a new key (RFC 8555 §7.3.5). */
  async rollover(): Promise<AcmeReply> {
    const fresh = await newKeyPair();
    const url = this.directory.keyChange;
    const header = { alg: fresh.algorithm, jwk: fresh.jwk, url };
    const payload = { account: this.kid, oldKey: this.keys.jwk };
    const reply = await this.post(url, await sign(payload, header, fresh.privateKey));
    if (reply.status === 200) this.keys = fresh;
    return reply;
  }

  async order(url: string): Promise<OrderObject> {
    return (await this.get(url)).body as OrderObject;
  }

  async authorization(url: string): Promise<AuthorizationObject> {
    return (await this.get(url)).body as AuthorizationObject;
  }

  /** The one challenge of a type in the first authorization of an order. */
  async challenge(order: OrderObject, type: string): Promise<ChallengeObject> {
    const { challenges } = await this.authorization(order.authorizations[0] ?? '');
    const found = challenges.find((challenge) => challenge.type === type);
    if (found === undefined) throw new Error(`the authorization offers no ${type}`);
    return found;
  }

  close(): void {
    this.https.close();
  }
}

async function sign(
  payload: object | '',
  header: Readonly<Record<string, unknown>>,
  key: CryptoKey,
): Promise<FlattenedJWS> {
  const bytes = Buffer.from(payload === '' ? '' : JSON.stringify(payload));
  const present = Object.entries(header).filter(([, value]) => value !== undefined);
  const { alg = 'ES256', ...rest } = Object.fromEntries(present) as { alg?: string };
  return new FlattenedSign(bytes).setProtectedHeader({ alg, ...rest }).sign(key);
}

export type BindingOptions = {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: object;
};

/** An `externalAccountBinding` (RFC 8555 §7.3.4), by hand so that it can be wrong. */
export function bind(
  { kid, macKey }: { readonly kid: string; readonly macKey: string },
  jwk: JWK,
  url: string,
  options: BindingOptions = {},
): FlattenedJWS {
  const header = encode({ alg: 'HS256', kid, url, ...options.header });
  const payload = encode(options.payload ?? jwk);
  const key = Buffer.from(macKey, 'base64url');
  const signature = createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url');
  return { protected: header, payload, signature };
}

export function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function toAcmeReply(reply: Reply): AcmeReply {
  const isJson = reply.headers['content-type']?.includes('json') ?? false;
  const body = isJson ? (JSON.parse(reply.bytes.toString()) as Json) : {};
  const type = typeof body['type'] === 'string' ? body['type'] : undefined;
  const prefix = 'urn:ietf:params:acme:error:';
  const problem = type?.startsWith(prefix) === true ? type.slice(prefix.length) : undefined;
  return { ...reply, body, problem, location: reply.headers.location };
}
