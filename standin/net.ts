import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Electron from 'electron';
import { guardedClass } from './guard.ts';
import type { Sessions } from './session.ts';

type Members = Pick<Electron.Net, 'fetch' | 'isOnline' | 'online'>;
type FetchOptions = RequestInit & { bypassCustomProtocolHandlers?: boolean };

// What Chromium would say of a file by its name.
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.gif': 'image/gif',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** `net`: fetch with the default session's protocol handlers and with `file:`. */
export class Net extends EventEmitter implements Members {
  readonly online = true;
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    super();
    this.#sessions = sessions;
  }

  isOnline(): boolean {
    return this.online;
  }

  async fetch(input: string | URL | Request, options: FetchOptions = {}): Promise<Response> {
    const { bypassCustomProtocolHandlers = false, ...init } = options;
    const request = new Request(input, init);
    const handler = this.#sessions.defaultSession.protocol.handlerOf(request.url);
    if (handler && !bypassCustomProtocolHandlers) return handler(request);
    return request.url.startsWith('file:') ? fetchFile(request.url) : fetch(request);
  }
}

guardedClass('net', Net);

async function fetchFile(url: string): Promise<Response> {
  const path = fileURLToPath(url.replace(/[?#].*$/s, ''));
  const content = await readFile(path).catch((cause: unknown) => {
    throw new Error('net::ERR_FILE_NOT_FOUND', { cause });
  });
  const type = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
  return new Response(content, { headers: { 'content-type': type } });
}
