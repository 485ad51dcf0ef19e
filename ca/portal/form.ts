import type { IncomingMessage } from 'node:http';

/** A form that could not be read: too long, or not a form. */
export class FormError extends Error {
  override readonly name = 'FormError';
  readonly code: 'too-long' | 'not-a-form';

  constructor(code: FormError['code']) {
    super(`The request is ${code === 'too-long' ? 'too long' : 'not a form'}.`);
    this.code = code;
  }
}

/** What a common name has room for (RFC 5280 §A.1). */
export const longestName = 64;

const mostBytes = 8 * 1024;

export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const [mediaType = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (mediaType.trim() !== 'application/x-www-form-urlencoded') throw new FormError('not-a-form');
  const chunks: Buffer[] = [];
  let length = 0;
  // Destroying the request would take the connection away before the refusal can be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > mostBytes) throw new FormError('too-long');
    chunks.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

/** A field as one line of text: trimmed, without control characters; undefined when empty or too long. */
export function line(form: URLSearchParams, field: string, longest: number): string | undefined {
  const text = (form.get(field) ?? '').normalize('NFC').trim();
  const acceptable = text !== '' && text.length <= longest && !controlCharacters.test(text);
  return acceptable ? text : undefined;
}

// Invisible characters too: they turn the direction of writing, or make two names look like one.
const controlCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
