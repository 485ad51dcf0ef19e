import type { Session, WebContents } from 'electron';

/** Locks what a page for passkeys could try; each lock is one policy. `url`: the one page that may be there. */
export function lockCeremonyPage(page: WebContents, url: string): void {
  const denyOthers = (event: { readonly url: string; preventDefault(): void }): void => {
    if (event.url !== url) event.preventDefault();
  };
  page.on('will-navigate', denyOthers);
  page.on('will-redirect', denyOthers);
  page.on('will-frame-navigate', denyOthers);
  page.on('will-attach-webview', (event) => event.preventDefault());
  page.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Locks what the pages of that session could try. `isOpen`: which addresses are theirs to load. */
export function lockCeremonySession(session: Session, isOpen: (url: string) => boolean): void {
  session.setPermissionRequestHandler((_page, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !isOpen(url) }));
  session.webRequest.onHeadersReceived(({ responseHeaders }, decide) =>
    decide({ responseHeaders: withoutWorkers(responseHeaders) }),
  );
  session.removeAllListeners('will-download');
  session.on('will-download', (event) => event.preventDefault());
}

type Headers = Readonly<Record<string, string[]>>;

/**
 * A service worker that a page of the CA leaves would answer for the wallet's own page from then on (Service Workers
 * §3.4): what the session remembers stays, for passkeys' sake.
 */
function withoutWorkers(headers: Headers = {}): Record<string, string[]> {
  const policy = 'content-security-policy';
  const isPolicy = (name: string): boolean => name.toLowerCase() === policy;
  const names = Object.keys(headers);
  const others = names.filter((name) => !isPolicy(name)).map((name) => [name, headers[name] ?? []]);
  // Each policy holds beside the others (CSP 3 §3.1): one more only takes away.
  const policies = names.filter(isPolicy).flatMap((name) => headers[name] ?? []);
  return {
    ...(Object.fromEntries(others) as Record<string, string[]>),
    [policy]: [...policies, "worker-src 'none'"],
  };
}
