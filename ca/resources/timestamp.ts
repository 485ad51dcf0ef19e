import { bytes } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import type { Exchange } from '../requests.ts';

/** A digest, a nonce and what stands around them are a tenth of it. */
const LONGEST_QUERY = 1024;

/** RFC 3161 §3.4: whoever asks is told the time, and nobody has to say who they are. */
export async function timestamp(
  exchange: Exchange,
  { timestamper, timestampPace }: Authority,
): Promise<Answer> {
  const [mediaType = ''] = (exchange.contentType ?? '').split(';');
  if (mediaType.trim().toLowerCase() !== 'application/timestamp-query') {
    const detail = 'The Content-Type must be application/timestamp-query.';
    throw new Problem('malformed', detail, { status: 415 });
  }
  const query = await exchange.readBody();
  if (query.length > LONGEST_QUERY) {
    throw new Problem('malformed', 'The query is too long.', { status: 413 });
  }
  const wait = timestampPace.take();
  if (wait > 0) {
    throw new Problem('rateLimited', 'Too many timestamps in a minute.', {
      status: 429,
      headers: { 'Retry-After': String(wait) },
    });
  }
  return bytes('application/timestamp-reply', timestamper.answer(query));
}
