import { HttpRequestError, type HttpRequest } from './http-client.ts';
import { isFieldName, isFieldValue } from './http1-fields.ts';

// Those that say where a request ends, and who gets it, are ours to write.
const reserved: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
]);

const methods: readonly string[] = ['GET', 'HEAD', 'POST'] satisfies HttpRequest['method'][];

/** Throws `HttpRequestError` for what would be read as more, or less, than one request (RFC 9112 §11.1). */
export function checkRequest({ method, url, headers = {} }: HttpRequest): void {
  if (!methods.includes(method)) throw new HttpRequestError('method');
  // The platform's parser leaves line breaks out silently.
  if (/[\0\r\n]/.test(url)) throw new HttpRequestError('url');
  for (const name in headers) {
    if (!isFieldName(name) || reserved.has(name.toLowerCase())) throw new HttpRequestError('name');
    if (!isFieldValue(headers[name] ?? '')) throw new HttpRequestError('value');
  }
}
