import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Headers } from './answer.ts';
import { send, writeHead } from './exchange.ts';
import type { TransportFault } from './fault-kinds.ts';
import type { FaultBox, Place } from './faults.ts';
import { retryAfter } from './willingness.ts';

const OVERSIZE = 64 * 1024 * 1024;

/** The side of the faults that stands between the resources and the socket. */
export type TransportFaults = {
  /** Before the server acts: `dropped`, an answer in its place, or undefined to go on. */
  before(place: Place): 'dropped' | Answer | undefined;
  /** After the server acted: changes the answer, sends it, or loses it. The status as sent, 0 for none. */
  deliver(place: Place, answer: Answer, response: ServerResponse): Promise<number>;
};

export function createTransportFaults(faults: FaultBox, clock: () => Date): TransportFaults {
  return {
    before(place) {
      if (faults.strike('dropBeforeActing', place) !== undefined) return 'dropped';
      const fault = faults.peek('httpStatus', place);
      if (fault === undefined || fault.when === 'after') return undefined;
      faults.strike('httpStatus', place);
      return overloaded(fault, clock());
    },
    async deliver(place, answer, response) {
      const released = faults.hold('hold', place);
      if (released !== undefined) {
        await untilReleased(released, response);
        if (response.destroyed) return 0;
      }
      if (faults.strike('dropAfterActing', place) !== undefined) {
        response.destroy();
        return 0;
      }
      const late = faults.peek('httpStatus', place)?.when === 'after';
      const fault = late ? faults.strike('httpStatus', place) : undefined;
      const own = fault === undefined ? answer : overloaded(fault, clock());
      return deliverBody(place, changeAnswer(own, { faults, place, clock }), { faults, response });
    },
  };
}

type HttpStatusFault = Extract<TransportFault, { kind: 'httpStatus' }>;

function overloaded({ status, retryAfter: wait }: HttpStatusFault, now: Date): Answer {
  return {
    status,
    contentType: 'text/html',
    body: Buffer.from(`<html><h1>${status}</h1></html>`),
    headers: wait === undefined ? {} : { 'Retry-After': retryAfter(wait, now) },
  };
}

async function deliverBody(
  place: Place,
  answer: Answer,
  { faults, response }: { faults: FaultBox; response: ServerResponse },
): Promise<number> {
  if (faults.strike('truncatedBody', place) !== undefined) return truncate(response, answer);
  const stalled = faults.hold('stalledBody', place);
  if (stalled !== undefined) return stall(response, answer, stalled);
  const oversized = faults.strike('oversizedBody', place);
  if (oversized !== undefined) await inflate(response, answer, oversized.bytes ?? OVERSIZE);
  else send(response, answer);
  return answer.status;
}

type Change = {
  readonly faults: FaultBox;
  readonly place: Place;
  readonly clock: () => Date;
};

function changeAnswer(answer: Answer, change: Change): Answer {
  const { faults, place } = change;
  const headers = changeHeaders(answer, change);
  const type = faults.strike('wrongContentType', place);
  const contentType = type === undefined ? undefined : (type.contentType ?? 'text/html');
  const body = changeStatus(answer, change);
  return {
    ...answer,
    headers,
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === undefined ? {} : { body }),
  };
}

function changeHeaders(answer: Answer, { faults, place, clock }: Change): Headers {
  const headers = { ...answer.headers };
  const later = faults.strike('retryAfter', place);
  if (later !== undefined) headers['Retry-After'] = retryAfter(later.retryAfter, clock());
  if (faults.strike('missingRetryAfter', place) !== undefined) delete headers['Retry-After'];
  if (faults.strike('missingLocation', place) !== undefined) delete headers['Location'];
  if (faults.strike('missingNonce', place) !== undefined) delete headers['Replay-Nonce'];
  if (faults.strike('malformedNonce', place) !== undefined) headers['Replay-Nonce'] = 'not+it/=';
  return headers;
}

/** Only what has a status can lose it; the fault waits for such an answer. */
function changeStatus(
  { body, contentType }: Answer,
  { faults, place }: Change,
): Buffer | undefined {
  if (body === undefined || contentType !== 'application/json') return undefined;
  if (faults.peek('unknownStatus', place) === undefined) return undefined;
  const object = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
  if (!('status' in object)) return undefined;
  const fault = faults.strike('unknownStatus', place);
  if (fault === undefined) return undefined;
  return Buffer.from(JSON.stringify({ ...object, status: fault.status ?? 'suspended' }));
}

async function untilReleased(released: Promise<void>, response: ServerResponse): Promise<void> {
  const waiting = new AbortController();
  await Promise.race([released, closed(response, waiting.signal)]);
  waiting.abort();
}

/** Resolves when the client has gone; once aborted, never, and listens no more. */
function closed(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve();
    const done = (): void => resolve();
    response.once('close', done);
    signal.addEventListener('abort', () => response.off('close', done), { once: true });
  });
}

function sendHalf(response: ServerResponse, answer: Answer): void {
  const body = answer.body ?? Buffer.from('{"status":');
  writeHead(response, answer, body.length + 1);
  response.write(body.subarray(0, Math.ceil(body.length / 2)));
}

async function truncate(response: ServerResponse, answer: Answer): Promise<number> {
  sendHalf(response, answer);
  // The half must be on its way before the connection goes.
  await wait(20);
  response.destroy();
  return answer.status;
}

async function stall(
  response: ServerResponse,
  answer: Answer,
  released: Promise<void>,
): Promise<number> {
  sendHalf(response, answer);
  await untilReleased(released, response);
  response.destroy();
  return answer.status;
}

const filler = Buffer.alloc(64 * 1024, ' ');

async function inflate(response: ServerResponse, answer: Answer, bytes: number): Promise<void> {
  writeHead(response, answer, undefined);
  response.write(answer.body ?? Buffer.alloc(0));
  for (let left = bytes; left > 0; left -= filler.length) {
    // A client that has seen enough hangs up, which is what it should do.
    if (response.destroyed) return;
    if (!response.write(filler.subarray(0, left))) await drained(response);
  }
  response.end();
}

/** Resolves when more can be written, or when nobody is there to read it. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
