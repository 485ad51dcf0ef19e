import { EventEmitter } from 'node:events';
import type { Session, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { lockPage, lockSession } from './window-locks.ts';

/** What Electron would ask of a page's or a session's listeners. */
class Asked extends EventEmitter {
  readonly handlers = new Map<string, (...values: never[]) => unknown>();

  handler(name: string) {
    const handler = this.handlers.get(name);
    if (handler === undefined) throw new Error(`nothing handles ${name}`);
    return handler as (...values: unknown[]) => unknown;
  }

  isPrevented(event: string, url = 'https://example.test/'): boolean {
    let prevented = false;
    this.emit(event, { url, preventDefault: () => (prevented = true) });
    return prevented;
  }
}

class Page extends Asked {
  setWindowOpenHandler(handler: () => unknown): void {
    this.handlers.set('open', handler);
  }
}

class PageSession extends Asked {
  readonly webRequest = {
    onBeforeRequest: (handler: () => unknown) => this.handlers.set('request', handler),
  };

  setPermissionRequestHandler(handler: () => unknown): void {
    this.handlers.set('permission', handler);
  }

  setPermissionCheckHandler(handler: () => unknown): void {
    this.handlers.set('check', handler);
  }

  setDevicePermissionHandler(handler: () => unknown): void {
    this.handlers.set('device', handler);
  }
}

describe('lockPage', () => {
  const page = new Page();
  lockPage(page as unknown as WebContents);

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'prevents %s',
    (event) => {
      expect(page.isPrevented(event)).toBe(true);
    },
  );

  it('lets the page be reloaded, and nothing beside it be loaded', () => {
    expect(page.isPrevented('will-navigate', 'app://wallet/index.html')).toBe(false);
    for (const url of ['app://wallet/other.html', 'app://wallet/index.html?x', 'about:blank']) {
      expect(page.isPrevented('will-navigate', url)).toBe(true);
    }
  });

  it('denies new windows, whatever they are for', () => {
    const open = page.handler('open');
    expect(open({ url: 'https://example.test/' })).toEqual({ action: 'deny' });
    expect(open({ url: 'app://wallet/index.html' })).toEqual({ action: 'deny' });
  });
});

describe('lockSession', () => {
  const session = new PageSession();
  lockSession(session as unknown as Session);

  const isCancelled = (url: string) => {
    let cancelled: boolean | undefined;
    session.handler('request')({ url }, (decision: { cancel: boolean }) => {
      cancelled = decision.cancel;
    });
    return cancelled;
  };

  it.each([
    'https://example.test/',
    'http://localhost/',
    'wss://example.test/',
    'file:///etc/passwd',
    'app://other/index.html',
    'app://wallet.example.test/index.html',
    'blob:https://example.test/1',
  ])('lets no page load %s', (url) => {
    expect(isCancelled(url)).toBe(true);
  });

  it.each(['app://wallet/index.html', 'data:image/png;base64,AAAA', 'devtools://devtools/a.js'])(
    'lets a page load %s',
    (url) => {
      expect(isCancelled(url)).toBe(false);
    },
  );

  it('grants nothing but copying', () => {
    const asked = [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'hid',
    ];
    for (const permission of [...asked, 'clipboard-sanitized-write']) {
      let granted: unknown;
      session.handler('permission')(null, permission, (decision: boolean) => (granted = decision));
      expect([permission, granted]).toEqual([permission, !asked.includes(permission)]);
      expect(session.handler('check')(null, permission)).toBe(granted);
    }
    expect(session.handler('device')({ deviceType: 'usb' })).toBe(false);
  });

  it('downloads nothing', () => {
    expect(session.isPrevented('will-download')).toBe(true);
  });
});
