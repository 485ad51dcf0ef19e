import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { PasskeyError } from './ceremony.ts';
import { errorFor } from './webauthn-fault.ts';

const envelope = z.union([
  z.object({ state: z.string().max(256), credential: z.unknown() }),
  z.object({ state: z.string().max(256), error: z.unknown() }),
]);

/** The credential in what a page handed over, not looked at yet; throws `PasskeyError` when that is an error or not for us. */
export function credentialIn(handedOver: unknown, state: string): unknown {
  const read = envelope.safeParse(handedOver);
  if (!read.success || !isSame(read.data.state, state)) {
    throw new PasskeyError('strayed', 'a page handed over what nobody asked it for');
  }
  if ('error' in read.data) throw errorFor(read.data.error);
  return read.data.credential;
}

/** Compares in constant time. */
export function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
