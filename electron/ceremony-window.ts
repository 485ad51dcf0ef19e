import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  BrowserWindow,
  dialog,
  nativeTheme,
  session,
  type IpcMainInvokeEvent,
  type Session,
} from 'electron';
import { ceremonyChannels } from '../shared/ceremony-page.ts';
import type { Language } from '../shared/models/wallet.ts';
import { lockCeremonyPage, lockCeremonySession } from './ceremony-locks.ts';
import { isMainFrameOf } from './ipc/sender.ts';
import { chosenAccount } from './passkeys/account-choice.ts';
import { PasskeyError } from './passkeys/ceremony.ts';
import { ownPagePath, ownScriptPath, serveOwnPage } from './passkeys/own-page.ts';
import { PageLine } from './passkeys/page-line.ts';
import { isVouchedFor } from './passkeys/page-trust.ts';
import type { HoldVisit, Visit } from './passkeys/visit.ts';
import { ceremonyWords, choosingWords } from './passkeys/words.ts';

export interface CeremonyWindowOptions {
  readonly preload: string;
  /** File of the script of the wallet's own page. */
  readonly script: string;
  /** The window that it belongs to. */
  readonly parent: () => BrowserWindow | null;
  /** PEM roots that vouch for an organisation's server; undefined: whoever this computer trusts. */
  readonly rootsOf: (organizationId: string, origin: string) => readonly string[] | undefined;
  readonly language: () => Language;
  /** Never in what is shipped: who has them can speak in the page's name. */
  readonly devTools: boolean;
  readonly now: () => Date;
}

/** Shows visits in a locked window of their own, at the origin of the CA. */
export function ceremonyWindow(options: CeremonyWindowOptions): HoldVisit {
  return async (visit, signal) => {
    signal.throwIfAborted();
    const place = session.fromPartition(partitionOf(visit));
    const leave = takePlace(place, visit, options);
    const window = openWindow(place, visit, options);
    const stopChoosing = chooseAccounts(place, { window, visit, options });
    try {
      return await converse(window, { visit, options, signal });
    } finally {
      stopChoosing();
      if (!window.isDestroyed()) window.destroy();
      leave();
    }
  };
}

/**
 * Remembered by the system: in a passing session, Touch ID would lose what it made (electron/electron#52302). Of one
 * organisation alone: what a server left that only another's roots vouch for is none of its business.
 */
function partitionOf({ organizationId, origin }: Visit): string {
  const owner = JSON.stringify([organizationId, origin]);
  return `persist:passkeys-${createHash('sha256').update(owner).digest('hex').slice(0, 32)}`;
}

/** Decides who answers for the CA's origin in that session, and what of it is open; what it returns undoes that. */
function takePlace(place: Session, visit: Visit, options: CeremonyWindowOptions): () => void {
  const { origin, page } = visit;
  if (page === undefined) {
    const own = [ownPagePath, ownScriptPath].map((path) => `${origin}${path}`);
    lockCeremonySession(place, (url) => own.includes(url));
    place.protocol.handle(
      'https',
      serveOwnPage(origin, () => readFile(options.script, 'utf8')),
    );
    return () => place.protocol.unhandle('https');
  }
  lockCeremonySession(place, (url) => url.startsWith(`${origin}/`));
  const roots = options.rootsOf(visit.organizationId, origin);
  if (roots === undefined) return () => undefined;
  const trust = { host: new URL(origin).hostname, roots };
  place.setCertificateVerifyProc((server, decide) => {
    decide(isVouchedFor(server, { ...trust, now: options.now() }) ? accepted : refused);
  });
  return () => place.setCertificateVerifyProc(null);
}

// Electron's own numbers.
const [accepted, refused] = [0, -2];

// The colours of the page behind its first paint.
const background = { light: '#f7f5f2', dark: '#181716' } as const;

function openWindow(place: Session, visit: Visit, options: CeremonyWindowOptions): BrowserWindow {
  const { preload, devTools } = options;
  const parent = options.parent();
  const window = new BrowserWindow({
    ...{ width: 560, height: 480, minWidth: 400, minHeight: 360 },
    ...(parent && { parent }),
    ...{ title: titleOf(visit), show: false, autoHideMenuBar: true, fullscreenable: false },
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      ...{ preload, session: place, devTools, sandbox: true, contextIsolation: true },
      ...{ nodeIntegration: false, webviewTag: false, spellcheck: false },
    },
  });
  // It has no address bar: whose page it is must not be for that page to say.
  window.on('page-title-updated', (event) => event.preventDefault());
  window.once('ready-to-show', () => window.show());
  return window;
}

const titleOf = ({ page, task }: Visit): string =>
  page === undefined ? 'Countersign' : task.caHost;

interface Conversation {
  readonly visit: Visit;
  readonly options: CeremonyWindowOptions;
  readonly signal: AbortSignal;
}

/** Loads the page and lets it speak, until it has handed something over or is gone. */
async function converse(
  window: BrowserWindow,
  { visit, options, signal }: Conversation,
): Promise<unknown> {
  const url = visit.page ?? `${visit.origin}${ownPagePath}`;
  lockCeremonyPage(window.webContents, url);
  const line = new PageLine({ visit, task: taskFor(visit, options) });
  connect(window, line, visit.origin);
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    window.once('closed', () => reject(new PasskeyError('closed', 'the window was closed')));
    window.webContents.once('render-process-gone', () => {
      reject(new PasskeyError('refused', 'the page for passkeys crashed'));
    });
    window.loadURL(url).catch((cause: unknown) => reject(unreachable(cause)));
  });
  return Promise.race([line.handedOver, ended]);
}

function taskFor({ page, task }: Visit, { language }: CeremonyWindowOptions) {
  if (page !== undefined) return undefined;
  const { kind, publicKey, state, caHost } = task;
  const words = ceremonyWords(language(), kind, caHost);
  return { kind, publicKey, state, language: language(), words };
}

/** Only the window's own page may speak, and only its main frame, for as long as that shows the CA's origin. */
function connect({ webContents: page }: BrowserWindow, line: PageLine, origin: string): void {
  const guarded =
    <Answer>(hear: (said: unknown) => Answer) =>
    (event: IpcMainInvokeEvent, said: unknown): Answer => {
      if (!isMainFrameOf(page, origin, event))
        throw new PasskeyError('strayed', 'a stranger spoke');
      return hear(said);
    };
  page.ipc.handle(
    ceremonyChannels.request,
    guarded(() => line.request()),
  );
  page.ipc.handle(
    ceremonyChannels.deliver,
    guarded((answer) => line.deliver(answer)),
  );
  page.ipc.handle(
    ceremonyChannels.fail,
    guarded((error) => line.fail(error)),
  );
}

/** Without a listener Electron cancels whenever it is the wallet that has to say which passkey is meant. */
function chooseAccounts(
  place: Session,
  { window, visit, options }: Omit<Conversation, 'signal'> & { readonly window: BrowserWindow },
): () => void {
  const { rpId, caHost } = { rpId: new URL(visit.origin).hostname, caHost: visit.task.caHost };
  const words = choosingWords(options.language(), caHost);
  const choose = (
    event: { preventDefault(): void },
    details: Electron.SelectWebauthnAccountDetails,
    decide: (credentialId?: string | null) => void,
  ): void => {
    event.preventDefault();
    const ask = async (names: readonly string[]): Promise<number> => {
      const buttons = [...names, words.cancel];
      const box = { type: 'question', message: words.question, buttons, noLink: true } as const;
      const cancelId = names.length;
      const { response } = await dialog.showMessageBox(window, { ...box, cancelId });
      return response;
    };
    chosenAccount(details, { rpId, unnamed: words.unnamed, ask }).then(decide, () => decide(null));
  };
  place.on('select-webauthn-account', choose);
  return () => place.off('select-webauthn-account', choose);
}

function unreachable(cause: unknown): PasskeyError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return new PasskeyError('refused', 'the page for passkeys cannot be loaded', {
    ...{ cause, ...(code !== undefined && { detail: code }) },
  });
}
