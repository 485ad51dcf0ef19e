import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import { send, writeHead } from './exchange.ts';
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
      const fault = faults.strike('httpStatus', place);
      if (fault === undefined) return undefined;
      const wait = fault.retryAfter;
      return {
        status: fault.status,
        contentType: 'text/html',
        body: Buffer.from(`<html><h1>${fault.status}</h1></html>`),
        headers: wait === undefined ? {} : { 'Retry-After': retryAfter(wait, clock()) },
      };
    },
    async deliver(place, answer, response) {
      const released = faults.hold(place);
      if (released !== undefined) {
        await Promise.race([released, once(response, 'close')]);
        if (response.destroyed) return 0;
      }
      if (faults.strike('dropAfterActing', place) !== undefined) {
        response.destroy();
        return 0;
      }
      const changed = changeHead(answer, { faults, place, clock });
      if (faults.strike('truncatedBody', place) !== undefined) return truncate(response, changed);
      const oversized = faults.strike('oversizedBody', place);
      if (oversized !== undefined) await inflate(response, changed, oversized.bytes ?? OVERSIZE);
      else send(response, changed);
      return changed.status;
    },
  };
}

function changeHead(
  answer: Answer,
  { faults, place, clock }: { faults: FaultBox; place: Place; clock: () => Date },
): Answer {
  const headers = { ...answer.headers };
  const later = faults.strike('retryAfter', place);
  if (later !== undefined) headers['Retry-After'] = retryAfter(later.retryAfter, clock());
  if (faults.strike('missingLocation', place) !== undefined) delete headers['Location'];
  if (faults.strike('missingNonce', place) !== undefined) delete headers['Replay-Nonce'];
  const type = faults.strike('wrongContentType', place);
  if (type === undefined) return { ...answer, headers };
  return { ...answer, headers, contentType: type.contentType ?? 'text/html' };
}

async function truncate(response: ServerResponse, answer: Answer): Promise<number> {
  const body = answer.body ?? Buffer.from('{"status":');
  writeHead(response, answer, body.length + 1);
  response.write(body.subarray(0, Math.ceil(body.length / 2)));
  // The half must be on its way before the connection goes.
  await wait(20);
  response.destroy();
  return answer.status;
}

async function inflate(response: ServerResponse, answer: Answer, bytes: number): Promise<void> {
  writeHead(response, answer, undefined);
  const body = Readable.from(withFiller(answer.body ?? Buffer.alloc(0), bytes));
  try {
    await pipeline(body, response);
  } catch (error) {
    // A client that has seen enough hangs up, which is what it should do.
    if (!response.destroyed) throw error;
  }
}

function* withFiller(body: Buffer, bytes: number): Generator<Buffer> {
  yield body;
  const filler = Buffer.alloc(64 * 1024, ' ');
  for (let left = bytes; left > 0; left -= filler.length) yield filler.subarray(0, left);
}
