import type { HttpResponse } from '../http/http-client.ts';
import { absolute, linksByRelation, parseLinks } from './link.ts';
import { AcmeProblem } from './problem.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { parseRetryAfter } from './retry-after.ts';
import { lenient, url } from './shape.ts';

const webPage = lenient(url('https:', 'http:'));

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A complete answer of the server, not yet read as any object. */
export class AcmeAnswer {
  /** What was being done, for errors. */
  readonly doing: string;
  readonly url: string;
  readonly retryAfter: Date | undefined;
  readonly #response: HttpResponse;

  constructor(doing: string, response: HttpResponse, now: Date) {
    this.doing = doing;
    this.url = response.url;
    this.retryAfter = parseRetryAfter(response.headers.get('retry-after'), now);
    this.#response = response;
  }

  get status(): number {
    return this.#response.status;
  }

  header(name: string): string | null {
    return this.#response.headers.get(name);
  }

  links(relation: string): readonly string[] {
    return linksByRelation(parseLinks(this.header('link'), this.url), relation);
  }

  get location(): string | undefined {
    const location = this.header('location');
    return location === null ? undefined : absolute(location, this.url);
  }

  /** The refusal, if it is one; an error page that is no problem document still is (RFC 8555 §6.7). */
  problem(): AcmeProblem | undefined {
    const { status } = this.#response;
    if (status < 400) return undefined;
    return new AcmeProblem(this.doing, this.#jsonOrNothing(), status, {
      url: this.url,
      retryAfter: this.retryAfter,
      helpUrl: this.#page('help'),
      termsOfServiceUrl: this.#page('terms-of-service'),
      location: this.location,
    });
  }

  throwIfRefused(): this {
    const problem = this.problem();
    if (problem) throw problem;
    const { status } = this.#response;
    if (status < 200 || status > 299) throw this.#fault('unexpected-status');
    return this;
  }

  json(): unknown {
    if (!isJson(this.#mediaType())) throw this.#fault('unexpected-content-type');
    try {
      return JSON.parse(utf8.decode(this.#response.body));
    } catch (cause) {
      throw this.#fault('not-json', cause);
    }
  }

  text(mediaType: string): string {
    if (this.#mediaType() !== mediaType) throw this.#fault('unexpected-content-type');
    return Buffer.from(this.#response.body).toString('latin1');
  }

  octets(mediaType: string): Buffer {
    if (this.#mediaType() !== mediaType) throw this.#fault('unexpected-content-type');
    return Buffer.from(this.#response.body);
  }

  /** `Location`, or the error that it is missing (RFC 8555 §7.3, §7.4). */
  requireLocation(): string {
    const { location } = this;
    if (location === undefined) throw this.#fault('location-missing');
    return location;
  }

  /** A page for a person to read; other schemes than the web's are nothing to open. */
  #page(relation: string): string | undefined {
    return this.links(relation).find((link) => webPage(link, '') !== undefined);
  }

  #mediaType(): string | undefined {
    return this.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  }

  #jsonOrNothing(): unknown {
    try {
      return isJson(this.#mediaType()) ? JSON.parse(utf8.decode(this.#response.body)) : undefined;
    } catch {
      // The refusal stands, whatever its body is.
      return undefined;
    }
  }

  #fault(reason: ConstructorParameters<typeof AcmeProtocolError>[0], cause?: unknown): Error {
    const { location } = this;
    return new AcmeProtocolError(reason, this.doing, {
      url: this.url,
      ...(location !== undefined && { location }),
      ...(cause !== undefined && { cause }),
    });
  }
}

const isJson = (mediaType: string | undefined): boolean =>
  mediaType === 'application/json' || (mediaType?.endsWith('+json') ?? false);
