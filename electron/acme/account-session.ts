import type { HttpClient } from '../http/http-client.ts';
import type { Signer } from '../keys/signer.ts';
import type { AcmeAnswer } from './answer.ts';
import type { Clock } from './clock.ts';
import { originsOf, type Directory, type DirectoryResource } from './directory.ts';
import { readDirectory, type DirectoryCache } from './directory-cache.ts';
import { Exchange, type SignedRequest } from './exchange.ts';
import { postAsGet } from './jws.ts';
import { thumbprintOf } from './key-authorization.ts';
import { KeyGate } from './key-gate.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { ResponsesInFlight } from './responses-in-flight.ts';
import type { RetryPolicy } from './retry-policy.ts';

export interface SessionOptions {
  readonly http: HttpClient;
  readonly directoryUrl: string;
  readonly signer: Signer;
  readonly accountUrl: string | undefined;
  readonly userAgent: string;
  readonly languages: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly directories: DirectoryCache | undefined;
}

/** A request of the account itself. */
export type OwnRequest = Omit<SignedRequest, 'authentication'>;

/** A server, an account there and the account's key: what every request of a client has in common. */
export class AccountSession {
  readonly directory: Directory;
  readonly directoryUrl: string;
  readonly responses = new ResponsesInFlight();
  readonly keyGate = new KeyGate();
  readonly #exchange: Exchange;
  #signer: Signer;
  #thumbprint: string;
  #accountUrl: string | undefined = undefined;
  readonly #accountKeys: Buffer[];

  private constructor(
    options: SessionOptions,
    opened: { readonly exchange: Exchange; readonly directory: Directory },
  ) {
    this.directory = opened.directory;
    this.directoryUrl = options.directoryUrl;
    this.#exchange = opened.exchange;
    this.#signer = options.signer;
    this.#thumbprint = thumbprintOf(options.signer);
    this.#accountKeys = [Buffer.from(options.signer.publicSpki)];
  }

  static async open(options: SessionOptions, signal?: AbortSignal): Promise<AccountSession> {
    const { directoryUrl } = options;
    const exchange = new Exchange(options);
    const directory = await readDirectory(exchange, options, signal);
    exchange.open(directory.newNonce, originsOf(directory, directoryUrl));
    const session = new AccountSession(options, { exchange, directory });
    const { accountUrl } = options;
    if (accountUrl !== undefined) session.useAccount('using the account', accountUrl);
    return session;
  }

  get signer(): Signer {
    return this.#signer;
  }

  get thumbprint(): string {
    return this.#thumbprint;
  }

  get accountUrl(): string | undefined {
    return this.#accountUrl;
  }

  /** A resource of the directory; an error when this server has none. */
  resource(name: DirectoryResource, doing: string): string {
    const url = this.directory[name];
    if (url !== undefined) return url;
    throw new AcmeProtocolError('resource-missing', doing, { url: this.directoryUrl });
  }

  /** The account URL; calling for it before there is an account is a mistake of the program. */
  requireAccount(doing: string): string {
    if (this.#accountUrl === undefined) throw new Error(`${doing}: there is no account yet`);
    return this.#accountUrl;
  }

  /** POST-as-GET (RFC 8555 §6.3). */
  read(request: Pick<OwnRequest, 'doing' | 'url' | 'accept' | 'signal'>): Promise<AcmeAnswer> {
    return this.write({ ...request, payload: postAsGet, repeatable: true });
  }

  /** `read` for the one who has the key gate. */
  readDuringChange(request: Pick<OwnRequest, 'doing' | 'url' | 'signal'>): Promise<AcmeAnswer> {
    return this.writeDuringChange({ ...request, payload: postAsGet, repeatable: true });
  }

  /** An unauthenticated resource of this server. */
  get(request: Pick<OwnRequest, 'doing' | 'url' | 'signal'>): Promise<AcmeAnswer> {
    return this.#exchange.get(request.doing, request.url, request.signal);
  }

  /** A request of the account. */
  write(request: OwnRequest): Promise<AcmeAnswer> {
    return this.keyGate.use(() => this.writeDuringChange(request));
  }

  /** Only for the one who has the key gate: nobody else may sign then. */
  writeDuringChange(request: OwnRequest): Promise<AcmeAnswer> {
    const key = { kid: this.requireAccount(request.doing) };
    return this.#exchange.post({ ...request, authentication: { signer: this.#signer, key } });
  }

  /** A request by a key that speaks for itself, not for an account (RFC 8555 §6.2). */
  writeAs(signer: Signer, request: OwnRequest): Promise<AcmeAnswer> {
    const key = { jwk: signer.publicJwk };
    return this.#exchange.post({ ...request, authentication: { signer, key } });
  }

  /** `Location`, on an origin of this server. */
  locationOf(answer: AcmeAnswer): string {
    return this.#exchange.checkUrl(answer.doing, answer.requireLocation());
  }

  /** Whether a URL lies on an origin of this server. */
  isOwn(url: string): boolean {
    return this.#exchange.isOwn(url);
  }

  /** The links of that relation which lead to this server. */
  ownLinks(answer: AcmeAnswer, relation: string): readonly string[] {
    return answer.links(relation).filter((url) => this.#exchange.isOwn(url));
  }

  /**
   * An account lies on the origin where accounts are made, not just anywhere that the directory names: DNS records
   * (dns-persist-01, RFC 8657) call it ours, and would let a stranger's account at another CA issue for our names.
   */
  useAccount(doing: string, url: string): string {
    const own = this.#exchange.checkUrl(doing, url);
    if (!isSameOrigin(own, this.directory.newAccount)) {
      throw new AcmeProtocolError('foreign-url', doing, { url });
    }
    this.#accountUrl = own;
    return own;
  }

  /** RFC 8555 §11.1: whether a key that the account has, or had, is in there, as SubjectPublicKeyInfo in DER. */
  hasAccountKey(der: Uint8Array): boolean {
    const octets = Buffer.from(der.buffer, der.byteOffset, der.length);
    return this.#accountKeys.some((key) => octets.includes(key));
  }

  useSigner(signer: Signer): void {
    this.#accountKeys.push(Buffer.from(signer.publicSpki));
    this.#thumbprint = thumbprintOf(signer);
    this.#signer = signer;
  }
}

const isSameOrigin = (one: string, other: string): boolean =>
  new URL(one).origin === new URL(other).origin;
