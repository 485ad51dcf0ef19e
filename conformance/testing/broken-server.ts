import type { Json } from '../acme/objects.ts';
import type { Reply, Request, Transport } from '../acme/transport.ts';

/** What was asked, as far as whoever stands between can read it: signed, but not encrypted. */
export type Seen = {
  readonly url: string;
  /** The payload of a POST; undefined for other requests and POST-as-GET. */
  readonly payload: Json | undefined;
};

type Answer = { readonly status: number; readonly body: Json };

/** One thing that a server does wrong. */
export type Breakage = {
  /** Changes an answer, or leaves it. */
  readonly change?: (answer: Answer, seen: Seen) => Answer;
  /** Whether a response that was refused is taken for a right one. */
  readonly accepts?: (seen: Seen, taken: ReadonlySet<string>) => boolean;
  /** Changes what is no JSON. */
  readonly octets?: (octets: Buffer, contentType: string) => Buffer;
};

/** Makes a broken server of a good one, by standing before it. */
export function broken(breakage: Breakage): (transport: Transport) => Transport {
  return (transport) => {
    const liar = new Liar(breakage);
    return {
      send: async (request) => liar.tell(request, await transport.send(request)),
      close: () => transport.close(),
    };
  };
}

class Liar {
  readonly #breakage: Breakage;
  /** Challenges as they were last seen, and those that are said to be valid. */
  readonly #challenges = new Map<string, Json>();
  readonly #forged = new Set<string>();
  /** Codes that were accepted. */
  readonly #taken = new Set<string>();

  constructor(breakage: Breakage) {
    this.#breakage = breakage;
  }

  tell(request: Request, reply: Reply): Reply {
    const type = reply.headers['content-type'] ?? '';
    if (!type.includes('json')) {
      const octets = this.#breakage.octets?.(reply.octets, type) ?? reply.octets;
      return { ...reply, octets };
    }
    const seen = { url: request.url, payload: payloadOf(request) };
    const heard = { status: reply.status, body: JSON.parse(reply.body) as Json };
    const forged = this.#forge(heard, seen);
    const { change = (answer: Answer) => answer } = this.#breakage;
    const { status, body } = change({ ...forged, body: this.#rewrite(forged.body) }, seen);
    const isProblem = status >= 400;
    const contentType = isProblem ? 'application/problem+json' : 'application/json';
    const headers = { ...reply.headers, 'content-type': contentType };
    const text = JSON.stringify(body);
    return { status, headers, body: text, octets: Buffer.from(text) };
  }

  #forge(heard: Answer, seen: Seen): Answer {
    const otp = seen.payload?.['otp'];
    if (heard.status === 200 && heard.body['status'] === 'valid' && typeof otp === 'string') {
      this.#taken.add(otp);
    }
    const challenge = this.#challenges.get(seen.url);
    const isRefusal = heard.status === 403 || heard.status === 400;
    if (challenge === undefined || seen.payload === undefined || !isRefusal) return heard;
    if (this.#breakage.accepts?.(seen, this.#taken) !== true) return heard;
    this.#forged.add(seen.url);
    return { status: 200, body: challenge };
  }

  /** Says of what was forged that it is valid, wherever it stands. */
  #rewrite(body: Json): Json {
    const { url, challenges } = body as { readonly url?: unknown; readonly challenges?: unknown };
    if (Array.isArray(challenges)) {
      const rewritten = (challenges as Json[]).map((one) => this.#rewrite(one));
      const isForged = (challenges as Json[]).some((one) => this.#forged.has(String(one['url'])));
      return { ...body, challenges: rewritten, ...(isForged ? { status: 'valid' } : {}) };
    }
    if (typeof url !== 'string' || typeof body['token'] !== 'string') return body;
    this.#challenges.set(url, body);
    if (!this.#forged.has(url)) return body;
    return { ...body, status: 'valid', validated: '2026-01-01T00:00:00Z' };
  }
}

/** One thing that a server does wrong, and the cases that tell of it. */
export type Fault = {
  readonly does: string;
  readonly only: string;
  readonly breakage: Breakage;
  readonly fails: readonly string[];
  /** `deep` unless said otherwise. */
  readonly tags?: string[];
  /** What depends on codes that were accepted earlier in the run. */
  readonly perhaps?: readonly string[];
};

function payloadOf({ method, body = '' }: Request): Json | undefined {
  if (method !== 'POST') return undefined;
  const { payload = '' } = JSON.parse(body) as { readonly payload?: string };
  const text = Buffer.from(payload, 'base64url').toString();
  return text.startsWith('{') ? (JSON.parse(text) as Json) : undefined;
}

/** Says something else in refusals. */
export function refusing(change: (problem: Json, seen: Seen) => Json): Breakage {
  return {
    change: ({ status, body }, seen) => ({
      status,
      body: status >= 400 ? change(body, seen) : body,
    }),
  };
}

/** Shows challenges otherwise. */
export function showing(change: (challenge: Json) => Json): Breakage {
  const changeAll = (body: Json): Json => {
    const { challenges } = body as { readonly challenges?: unknown };
    if (Array.isArray(challenges)) {
      return { ...body, challenges: (challenges as Json[]).map(change) };
    }
    return 'token' in body ? change(body) : body;
  };
  return { change: ({ status, body }) => ({ status, body: changeAll(body) }) };
}
