import type { Session, WebContents } from 'electron';
import { appOrigin, appUrl } from './app-scheme.ts';

/** Locks what the page itself could try; each lock is one policy. */
export function lockPage(page: WebContents): void {
  denyNavigation(page);
  denyNewWindows(page);
  denyWebviews(page);
}

/** Locks what every page of the session could try. */
export function lockSession(session: Session): void {
  denyPermissions(session);
  denyRendererNetwork(session);
  denyDownloads(session);
}

/** Only the page itself may take the page's place, which is what reloading looks like. */
function denyNavigation(page: WebContents): void {
  const denyOthers = (event: { readonly url: string; preventDefault(): void }): void => {
    if (event.url !== appUrl) event.preventDefault();
  };
  page.on('will-navigate', denyOthers);
  page.on('will-frame-navigate', denyOthers);
  page.on('will-redirect', denyOthers);
}

function denyNewWindows(page: WebContents): void {
  page.setWindowOpenHandler(() => ({ action: 'deny' }));
}

function denyWebviews(page: WebContents): void {
  page.on('will-attach-webview', (event) => event.preventDefault());
}

// Copying a certificate or a fingerprint needs it; it is granted only upon a click.
const allowedPermissions: readonly string[] = ['clipboard-sanitized-write'];

function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_page, permission, decide) => {
    decide(allowedPermissions.includes(permission));
  });
  session.setPermissionCheckHandler((_page, permission) => allowedPermissions.includes(permission));
  session.setDevicePermissionHandler(() => false);
}

// Pictures inside the page, and the developer tools of an unpackaged build.
const localUrl = new RegExp(`^(${appOrigin}/|data:|devtools:)`);

/** All traffic is main's; this holds even if a page got around its Content-Security-Policy. */
function denyRendererNetwork(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !localUrl.test(url) }));
}

function denyDownloads(session: Session): void {
  session.on('will-download', (event) => event.preventDefault());
}
