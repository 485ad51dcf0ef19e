import { StatusError, status } from './piv-apdu.ts';
import { mostTries, type ReferenceData } from './piv-state.ts';

/** PINs and PUKs have eight octets on the wire, filled up with FF (SP 800-73-4 part 1 §4.3). */
export const referenceLength = 8;

/** Whether it is the right one; a wrong one costs a try, and throws `StatusError` as a card answers. */
export function check(reference: ReferenceData, given: Buffer): void {
  if (reference.triesLeft === 0) throw new StatusError(status.blocked);
  if (given.length !== referenceLength) throw new StatusError(status.wrongData);
  if (given.equals(padded(reference.value))) {
    reference.triesLeft = mostTries;
    return;
  }
  reference.triesLeft -= 1;
  throw new StatusError(status.verificationFailed + reference.triesLeft);
}

/** Throws `StatusError` for what no PIN can be: too short, or with something behind the filling. */
export function replace(reference: ReferenceData, next: Buffer, minimum: number): void {
  const text = next.toString('latin1').replace(/\xff+$/, '');
  if (next.length !== referenceLength || text.length < minimum || !/^[\x20-\x7e]+$/.test(text)) {
    throw new StatusError(status.wrongData);
  }
  reference.value = text;
  reference.triesLeft = mostTries;
}

function padded(value: string): Buffer {
  return Buffer.concat([
    Buffer.from(value, 'latin1'),
    Buffer.alloc(referenceLength, 0xff),
  ]).subarray(0, referenceLength);
}
