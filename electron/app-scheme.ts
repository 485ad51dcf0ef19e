import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Where the page lives; a scheme of our own, so that nothing on the network can be it. */
export const appOrigin = 'app://wallet';
export const appUrl = `${appOrigin}/index.html`;

/** What the page may load: its own files, and pictures that are part of the data it shows. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "object-src 'none'",
  "frame-src 'none'",
  "worker-src 'none'",
  "manifest-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Text of organisations and servers never becomes markup: innerHTML and its like throw.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), geolocation=(), microphone=(), publickey-credentials-get=(), usb=(), serial=(), hid=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Serves the files below `directory` at `app://wallet/`, and nothing else. */
export function serveApp(directory: string): (request: Request) => Promise<Response> {
  const root = path.resolve(directory);
  return async (request) => {
    if (request.method !== 'GET') return answer(405);
    const file = fileFor(root, request.url);
    const contentType = file && contentTypes[path.extname(file)];
    if (!contentType) return answer(404);
    try {
      return answer(200, contentType, await readFile(file));
    } catch (error) {
      if (isMissing(error)) return answer(404);
      throw error;
    }
  };
}

/** The file a URL names, or `null` when it names none below `root`. */
function fileFor(root: string, requestUrl: string): string | null {
  const { protocol, host, pathname } = new URL(requestUrl);
  if (`${protocol}//${host}` !== appOrigin) return null;
  const name = decoded(pathname);
  // A backslash or a drive letter would mean something to Windows only after path.join.
  if (name === null || /[\0\\:]/.test(name)) return null;
  const file = path.join(root, name);
  return file.startsWith(root + path.sep) ? file : null;
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(String(error.code))
  );
}

function answer(status: number, contentType = 'text/plain', body?: Uint8Array<ArrayBuffer>) {
  return new Response(body ?? null, {
    status,
    headers: { ...headers, 'Content-Type': contentType },
  });
}
