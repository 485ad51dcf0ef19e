import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { app, shell, type BrowserWindow } from 'electron';
import { passkeyWays } from '../shared/enrollment-state.ts';
import type { Language } from '../shared/models/wallet.ts';
import { ceremonyWindow } from './ceremony-window.ts';
import type { Passkeys } from './enrollment/passkey-room.ts';
import type { PasskeySurroundings } from './house.ts';
import { bestLocale } from './ipc/locale.ts';
import { BrowserVisits } from './passkeys/browser-visit.ts';
import { Ceremonies } from './passkeys/ceremonies.ts';
import { farewell } from './passkeys/words.ts';
import { ownPeers } from './platform/own-peers.ts';

export interface PasskeyDesk {
  /** Where the bundles are. */
  readonly built: string;
  readonly mainWindow: () => BrowserWindow | null;
  /** The person has done their part in the browser. */
  readonly comeForward: () => void;
}

/** Passkeys of whoever sits at this desktop: in a window of the wallet's own, or in the browser. */
export function desktopPasskeys(surroundings: PasskeySurroundings, desk: PasskeyDesk): Passkeys {
  const { rootsOf, mayShowPage } = surroundings;
  const { built, mainWindow, comeForward } = desk;
  const language = (): Language => spoken(surroundings.language());
  const ceremonies = new Ceremonies({
    holdVisit: ceremonyWindow({
      preload: path.join(built, 'preload', 'ceremony-preload.cjs'),
      script: path.join(built, 'renderer', 'ceremony', 'ceremony.js'),
      parent: mainWindow,
      ...{ rootsOf, language, devTools: !app.isPackaged },
      now: () => new Date(),
    }),
    browser: new BrowserVisits({
      openExternal: (url) => shell.openExternal(url),
      farewell: () => farewell(language()),
      returned: comeForward,
      isOwnPeer: ownPeers(),
      randomBytes,
    }),
    ...{ mayShowPage, randomBytes },
  });
  return { ceremonies, ways: passkeyWays };
}

/** The one of our languages that the person reads. */
function spoken(chosen: Language | 'system'): Language {
  return bestLocale(chosen, app.getPreferredSystemLanguages()).startsWith('de') ? 'de' : 'en';
}
