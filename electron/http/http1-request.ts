import type { HttpRequest } from './http-client.ts';

/** A request as it is written, all at once (RFC 9112 §3); of one that `checkRequest` has let pass. */
export function writtenRequest(
  { method, headers = {}, body = '' }: HttpRequest,
  { host, pathname, search }: URL,
): Buffer | string {
  let head = `${method} ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n`;
  let offersCoding = false;
  for (const name in headers) {
    head += `${name}: ${headers[name] ?? ''}\r\n`;
    offersCoding ||= name.toLowerCase() === 'accept-encoding';
  }
  if (!offersCoding) head += 'Accept-Encoding: identity\r\n';
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  // RFC 9110 §8.6: a POST without content says so, the others have none.
  if (method === 'POST' || length > 0) head += `Content-Length: ${length}\r\n`;
  head += '\r\n';
  // What is ASCII is the same in Latin-1, in which values of fields are written.
  if (typeof body === 'string' && length === body.length) return head + body;
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}
