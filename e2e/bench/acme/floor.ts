import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { FloorConnection, type FloorAnswer, type FloorTarget } from './floor-connection.ts';

/** Puts a key authorization where the server will look. */
export type Publish = (token: string, keyAuthorization: string) => void;

type Directory = Readonly<Record<string, string>>;

interface FloorOrder {
  readonly authorizations: readonly string[];
  readonly finalize: string;
}

interface FloorChallenge {
  readonly type: string;
  readonly url: string;
  readonly token: string;
}

/**
 * The lower bound: the fewest requests in which RFC 8555 lets a certificate be had, one connection, a request built by hand,
 * and nothing looked at that is not needed for the next step. Nobody should use it for anything else.
 */
export class FloorClient {
  readonly #connection: FloorConnection;
  readonly #publish: Publish | undefined;
  readonly #key: KeyObject;
  readonly #jwk: object;
  #directory: Directory = {};
  #account = '';
  #nonce = '';

  private constructor(connection: FloorConnection, publish: Publish | undefined) {
    this.#connection = connection;
    this.#publish = publish;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
    // The members of an EC key as RFC 7638 §3.2 orders them.
    this.#jwk = { crv, kty, x, y };
  }

  /** With a new account. A server that is told to believe needs no `publish`. */
  static async open(target: FloorTarget, publish?: Publish): Promise<FloorClient> {
    const client = new FloorClient(await FloorConnection.open(target), publish);
    client.#directory = json(await client.#connection.get(target.directoryPath)) as Directory;
    client.#keepNonce(await client.#connection.get(pathOf(client.#resource('newNonce'))));
    const account = await client.#post(client.#resource('newAccount'), {
      termsOfServiceAgreed: true,
    });
    client.#account = account.headers.get('location') ?? '';
    return client;
  }

  /** One certificate, PEM. */
  async order(name: string): Promise<string> {
    const identifiers = [{ type: 'dns', value: name }];
    const placed = await this.#post(this.#resource('newOrder'), { identifiers });
    const url = placed.headers.get('location') ?? '';
    const { authorizations, finalize } = json(placed) as FloorOrder;
    for (const authorization of authorizations) await this.#prove(authorization);
    const csr = certificationRequest(name).toString('base64url');
    const order = await this.#settled(url, await this.#post(finalize, { csr }));
    return (await this.#post(order.certificate ?? '')).body.toString('latin1');
  }

  close(): void {
    this.#connection.close();
  }

  async #prove(url: string): Promise<void> {
    const answer = await this.#post(url);
    const { challenges } = json(answer) as { challenges: FloorChallenge[] };
    const challenge = challenges.find(({ type }) => type === 'http-01');
    if (challenge === undefined) throw new Error('http-01 is not offered');
    if (this.#publish) this.#publish(challenge.token, `${challenge.token}.${this.#thumbprint()}`);
    await this.#post(challenge.url, {});
    await this.#settled(url);
  }

  async #settled(url: string, last?: FloorAnswer): Promise<{ readonly certificate?: string }> {
    for (let pause = 2, answer = last; ; pause *= 2) {
      answer ??= await this.#post(url);
      const object = json(answer) as { status: string; certificate?: string };
      if (object.status === 'valid') return object;
      if (object.status === 'invalid') throw new Error(answer.body.toString());
      answer = undefined;
      if (last !== undefined || pause > 2) await new Promise((wake) => setTimeout(wake, pause));
    }
  }

  #thumbprint(): string {
    return createHash('sha256').update(JSON.stringify(this.#jwk)).digest('base64url');
  }

  #resource(name: string): string {
    return this.#directory[name] ?? '';
  }

  async #post(url: string, payload?: object): Promise<FloorAnswer> {
    const key = this.#account === '' ? { jwk: this.#jwk } : { kid: this.#account };
    const header = encode({ alg: 'ES256', ...key, nonce: this.#nonce, url });
    const body = payload === undefined ? '' : encode(payload);
    const signature = sign('sha256', Buffer.from(`${header}.${body}`), {
      key: this.#key,
      dsaEncoding: 'ieee-p1363',
    }).toString('base64url');
    const jws = `{"protected":"${header}","payload":"${body}","signature":"${signature}"}`;
    return this.#keepNonce(await this.#connection.post(pathOf(url), jws));
  }

  #keepNonce(answer: FloorAnswer): FloorAnswer {
    this.#nonce = answer.headers.get('replay-nonce') ?? '';
    return answer;
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const pathOf = (url: string): string => url.slice(url.indexOf('/', 'https://'.length));

function json({ status, body }: FloorAnswer): unknown {
  if (status >= 400) throw new Error(body.toString());
  return JSON.parse(body.toString());
}

/** DER of a request for one name with a new P-256 key. */
function certificationRequest(name: string): Buffer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = der(0x30, der(0x82, Buffer.from(name)));
  const extension = der(0x30, objectId('551d11'), der(0x04, names));
  const attribute = der(0x30, objectId('2a864886f70d01090e'), der(0x31, der(0x30, extension)));
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const info = der(0x30, der(0x02, Buffer.of(0)), der(0x30), spki, der(0xa0, attribute));
  const signature = sign('sha256', info, privateKey);
  const algorithm = der(0x30, objectId('2a8648ce3d040302'));
  return der(0x30, info, algorithm, der(0x03, Buffer.of(0), signature));
}

const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const octets =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...octets), content]);
}
