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
  session.removeAllListeners('will-download');
  session.on('will-download', (event) => event.preventDefault());
}
