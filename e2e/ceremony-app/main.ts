// Nothing but ceremonies: the room for passkeys and its window as the wallet has them, without the rest of it.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { app, BrowserWindow, shell } from 'electron';
import { ceremonyWindow } from '../../electron/ceremony-window.ts';
import { BrowserVisits } from '../../electron/passkeys/browser-visit.ts';
import { Ceremonies } from '../../electron/passkeys/ceremonies.ts';
import {
  PasskeyError,
  type AssertionRequest,
  type RegistrationRequest,
} from '../../electron/passkeys/ceremony.ts';
import { mayShowPage } from '../../electron/passkeys/page-authority.ts';
import { ownPeers } from '../../electron/platform/own-peers.ts';

/** For the tests, which reach it through Playwright. */
export interface CeremonyTable {
  /** PEM roots by organisation. */
  readonly roots: Record<string, readonly string[]>;
  /** Organisations of which a person compared the words; all others are the local CA. */
  readonly compared: string[];
  /** How each ceremony ended, by the name that it was given. */
  readonly ended: Record<string, Ending>;
  /** `request`: the JSON of an `AssertionRequest`. */
  assert(name: string, request: string): void;
  /** `request`: the JSON of a `RegistrationRequest`. */
  register(name: string, request: string): void;
  abort(name: string): void;
}

export interface Ending {
  readonly response?: { readonly id: string; readonly response: object };
  readonly reason?: string;
  readonly detail?: string;
}

const built = path.join(import.meta.dirname, '..', '..', 'out');
let main: BrowserWindow | null = null;

const ceremonies = new Ceremonies({
  holdVisit: ceremonyWindow({
    preload: path.join(built, 'preload', 'ceremony-preload.cjs'),
    script: path.join(built, 'renderer', 'ceremony', 'ceremony.js'),
    parent: () => main,
    rootsOf: (organizationId) => table.roots[organizationId],
    language: () => 'en',
    devTools: false,
    now: () => new Date(),
  }),
  browser: new BrowserVisits({
    openExternal: (url) => shell.openExternal(url),
    randomBytes,
    farewell: () => 'Go back.',
    isOwnPeer: ownPeers(),
  }),
  mayShowPage: (organizationId, origin) => {
    const by = table.compared.includes(organizationId) ? 'comparison' : 'local-ca';
    return mayShowPage(origin, { roots: table.roots[organizationId], vouchedBy: { by } });
  },
  randomBytes,
});

const stops = new Map<string, AbortController>();

function follow(
  name: string,
  hold: (signal: AbortSignal) => Promise<NonNullable<Ending['response']>>,
): void {
  const stop = new AbortController();
  stops.set(name, stop);
  hold(stop.signal).then(
    (response) => {
      table.ended[name] = { response };
    },
    (error: unknown) => {
      const isOurs = error instanceof PasskeyError;
      table.ended[name] = isOurs
        ? { reason: error.reason, ...(error.detail !== undefined && { detail: error.detail }) }
        : { reason: String(error) };
    },
  );
}

/** Playwright's types carry no request across, but JSON does; that has no undefined. */
function read(text: string): unknown {
  return { page: undefined, ...(JSON.parse(text) as object) };
}

const table: CeremonyTable = {
  roots: {},
  compared: [],
  ended: {},
  assert: (name, request) =>
    follow(name, (signal) => ceremonies.assert(read(request) as AssertionRequest, signal)),
  register: (name, request) =>
    follow(name, (signal) => ceremonies.register(read(request) as RegistrationRequest, signal)),
  abort: (name) => stops.get(name)?.abort(new Error('called off')),
};
Object.assign(globalThis, { ceremonyTable: table });

void app.whenReady().then(async () => {
  main = new BrowserWindow({ width: 400, height: 300 });
  await main.loadURL('data:text/html,<h1>Wallet</h1>');
});
app.on('window-all-closed', () => app.quit());
