import { EventEmitter } from 'node:events';
import type { Session } from 'electron';
import { describe, expect, it } from 'vitest';
import { lockCeremonySession } from './ceremony-locks.ts';

type Handler = (details: object, decide: (decision: unknown) => void) => void;

/** What Electron would ask of a session's listeners. */
class CeremonySession extends EventEmitter {
  readonly handlers = new Map<string, Handler>();
  readonly webRequest = {
    onBeforeRequest: (handler: Handler) => this.handlers.set('request', handler),
    onHeadersReceived: (handler: Handler) => this.handlers.set('headers', handler),
  };

  setPermissionRequestHandler(): void {
    // Another test's matter.
  }

  setPermissionCheckHandler(): void {
    // Another test's matter.
  }

  setDevicePermissionHandler(): void {
    // Another test's matter.
  }

  decided(name: string, details: object): unknown {
    let decision: unknown;
    this.handlers.get(name)?.(details, (given) => {
      decision = given;
    });
    return decision;
  }
}

describe('lockCeremonySession', () => {
  const session = new CeremonySession();
  const isOpen = (url: string): boolean => url.startsWith('https://ca.example/');
  lockCeremonySession(session as unknown as Session, isOpen);

  it('loads what is open, and nothing else', () => {
    const request = (url: string) => session.decided('request', { url });
    expect(request('https://ca.example/page')).toEqual({ cancel: false });
    for (const url of ['https://ca.example.evil/', 'wss://ca.example/', 'http://ca.example/']) {
      expect(request(url)).toEqual({ cancel: true });
    }
  });

  it('lets no page leave a service worker, which would answer for the wallet\u2019s own page', () => {
    const worker = "worker-src 'none'";
    const headers = (responseHeaders?: object) =>
      session.decided('headers', { responseHeaders }) as { responseHeaders: object };
    expect(headers()).toEqual({ responseHeaders: { 'content-security-policy': [worker] } });
    const own = { 'Content-Security-Policy': ["script-src 'self'"], 'Content-Type': ['text/html'] };
    expect(headers(own)).toEqual({
      responseHeaders: {
        'Content-Type': ['text/html'],
        'content-security-policy': ["script-src 'self'", worker],
      },
    });
  });
});
