import * as http from 'node:http';
import type { IncomingMessage } from 'node:http';
import * as https from 'node:https';
import { Problem } from '../problems.ts';
import type { Conceal, ObservedChallengeType } from './challenge-type.ts';
import type { NameResolution } from './name-resolution.ts';

export type HttpOptions = {
  readonly names: NameResolution;
  /** 80 on the open Internet (RFC 8555 §8.3). */
  readonly port: number;
};

const MAXIMUM_REDIRECTS = 10;
const MAXIMUM_BODY = 4096;

/** RFC 8555 §8.3: the key authorization, as a file on the web server of the name. */
export function createHttp({ names, port }: HttpOptions): ObservedChallengeType {
  return {
    kind: 'observed',
    type: 'http-01',
    async observe({ domain, token, keyAuthorization }, signal, conceal) {
      const start = new URL(`http://${domain}:${port}/.well-known/acme-challenge/${token}`);
      const text = await fetchText(start, { names, port, signal, conceal });
      // §8.3: white space at the end of the body does not count.
      if (text.trimEnd() !== keyAuthorization) throw notTheProof(start);
    },
  };
}

type Fetching = {
  readonly names: NameResolution;
  readonly port: number;
  readonly signal: AbortSignal;
  readonly conceal: Conceal;
};

async function fetchText(start: URL, fetching: Fetching): Promise<string> {
  let target = start;
  for (let redirects = 0; redirects <= MAXIMUM_REDIRECTS; redirects += 1) {
    const response = await request(target, fetching);
    const next = targetOf(response, target, fetching.port);
    if (next === undefined) return readBody(response, target);
    fetching.conceal(leadsAstray(start));
    target = next;
  }
  throw new Problem('connection', `${start.href} leads through too many redirects.`);
}

/** Where a response redirects to; undefined when it is the file itself. */
function targetOf(response: IncomingMessage, asked: URL, port: number): URL | undefined {
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return undefined;
  response.destroy();
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) {
    throw new Problem('incorrectResponse', `${asked.href} answered with status ${statusCode}.`);
  }
  const target = readLocation(headers.location, asked);
  if (['', '80', '443', String(port)].includes(target.port)) return target;
  throw new Problem('connection', `${asked.href} redirects to port ${target.port}.`);
}

function notTheProof(start: URL): Problem {
  return new Problem(
    'incorrectResponse',
    `The file at ${start.href} is not the key authorization.`,
  );
}

/**
 * The same for every target, there or not: the CA may reach what the client cannot, and must not be the
 * client's eyes.
 */
function leadsAstray(start: URL): Problem {
  const detail = `${start.href} redirects to where the key authorization is not.`;
  return new Problem('incorrectResponse', detail);
}

function readLocation(location: string, base: URL): URL {
  const target = URL.canParse(location, base.href) ? new URL(location, base) : undefined;
  if (target?.protocol === 'http:' || target?.protocol === 'https:') return target;
  throw new Problem('connection', `${base.href} redirects to what is no web address.`);
}

async function request(target: URL, { names, signal }: Fetching): Promise<IncomingMessage> {
  const host = await names.addressOf(target.hostname);
  const secure = target.protocol === 'https:';
  const options = {
    host,
    port: target.port === '' ? (secure ? 443 : 80) : Number(target.port),
    path: `${target.pathname}${target.search}`,
    headers: { Host: target.host, 'User-Agent': 'Local CA http-01', Accept: '*/*' },
    agent: false,
    signal,
    // The name is what is being proven: its certificate, if it has one, says nothing yet.
    ...(secure ? { servername: target.hostname, rejectUnauthorized: false } : {}),
  };
  return new Promise((resolve, reject) => {
    const outgoing = secure ? https.get(options) : http.get(options);
    outgoing.once('response', resolve);
    outgoing.once('error', (cause) =>
      reject(new Problem('connection', `${target.href} could not be fetched.`, { cause })),
    );
  });
}

async function readBody(response: IncomingMessage, target: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAXIMUM_BODY) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new Problem('connection', `${target.href} broke off.`, { cause });
  }
  if (length <= MAXIMUM_BODY) return Buffer.concat(chunks).toString('latin1');
  throw new Problem('incorrectResponse', `The file at ${target.href} is too long.`);
}
