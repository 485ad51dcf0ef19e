import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Theme } from '../shared/models/wallet.ts';
import { ApprovalsScreen } from './approvals/approvals-screen.tsx';
import { isShown } from './approvals/groups.ts';
import { ProposeScreen } from './approvals/propose-screen.tsx';
import { ReceiptScreen } from './approvals/receipt-screen.tsx';
import { RequestScreen } from './approvals/request-screen.tsx';
import { useWatchedApprovals } from './approvals/use-watched-approvals.ts';
import { ChooseScreen } from './choose/choose-screen.tsx';
import { CredentialScreen } from './credential/credential-screen.tsx';
import { InvitationDrop } from './drop/invitation-drop.tsx';
import { HomeScreen } from './home/home-screen.tsx';
import { InstallScreen } from './install/install-screen.tsx';
import { isUnused, screenKey, screenOf, type Place, type Screen } from './navigation.ts';
import { JoinedScreen } from './organization/joined-screen.tsx';
import { OrganizationScreen } from './organization/organization-screen.tsx';
import { ProgressScreen } from './progress/progress-screen.tsx';
import { ProveScreen } from './prove/prove-screen.tsx';
import { SecretStoreScreen } from './secret-store/secret-store-screen.tsx';
import { SettingsDialog } from './settings/settings-dialog.tsx';
import { PinQuestions } from './pin/pin-questions.tsx';
import { TokensScreen } from './tokens/tokens-screen.tsx';
import { TopBar, type Current } from './top-bar/top-bar.tsx';
import { useWalletState, WalletContext, type WalletStore } from './wallet.ts';
import { WelcomeScreen } from './welcome/welcome-screen.tsx';
import { WordsContext, wordsFor, type Catalogue } from './words.ts';
import './app.css';

interface AppProps {
  readonly store: WalletStore;
  /** Where to start; home when not said. */
  readonly start?: Place;
  /** Words in place of those of the wallet's locale. */
  readonly catalogue?: Catalogue;
}

export function App({ store, start, catalogue }: AppProps) {
  return (
    <WalletContext value={store}>
      <LocalizedApp start={start ?? { at: 'home' }} catalogue={catalogue} />
    </WalletContext>
  );
}

interface LocalizedAppProps {
  readonly start: Place;
  readonly catalogue: Catalogue | undefined;
}

function LocalizedApp({ start, catalogue }: LocalizedAppProps) {
  const state = useWalletState();
  const { locale, settings } = state.wallet;
  const words = useMemo(() => wordsFor(locale, catalogue), [locale, catalogue]);
  useDocument(locale, settings.theme);
  const [place, go] = useState(start);
  const [settingsOpen, openSettings] = useState(false);
  useWatchedApprovals(go);
  const screen = screenOf(state, place);
  const shown = screenKey(screen);
  const main = useTopOf(shown);
  return (
    <WordsContext value={words}>
      <InvitationDrop>
        <div className="app">
          <TopBar
            current={currentOf(screen, isUnused(state))}
            approvals={isShown(state.approvals) ? state.approvals : null}
            go={go}
            onSettings={() => openSettings(true)}
          />
          <main className="app-main" ref={main}>
            <div className="app-screen" key={shown}>
              <ScreenContent screen={screen} place={place} go={go} />
            </div>
          </main>
        </div>
      </InvitationDrop>
      {settingsOpen && <SettingsDialog onClose={() => openSettings(false)} />}
      <PinQuestions go={go} />
    </WordsContext>
  );
}

/** Whatever scrolls, at its beginning whenever another screen is shown. */
function useTopOf(shown: string) {
  const main = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    // Newer Chromium answers with a promise, which is nothing to clean up by.
    main.current?.scrollTo({ top: 0, behavior: 'instant' });
  }, [shown]);
  return main;
}

/** Where the top bar need not lead. */
function currentOf(screen: Screen, unused: boolean): Current | undefined {
  if (screen.name === 'tokens' || screen.name === 'approvals') return screen.name;
  return screen.name === 'home' || unused ? 'home' : undefined;
}

interface ScreenContentProps {
  readonly screen: Screen;
  readonly place: Place;
  readonly go: (place: Place) => void;
}

function ScreenContent({ screen, place, go }: ScreenContentProps) {
  switch (screen.name) {
    case 'welcome':
      return <WelcomeScreen go={go} />;
    case 'home':
      return <HomeScreen go={go} />;
    case 'tokens':
      return <TokensScreen go={go} />;
    case 'approvals':
      return <ApprovalsScreen go={go} />;
    case 'approval':
      return <RequestScreen {...screen} go={go} />;
    case 'receipt':
      return <ReceiptScreen receipt={screen.receipt} go={go} />;
    case 'propose':
      return <ProposeScreen go={go} />;
    case 'secret-store':
      return <SecretStoreScreen />;
    case 'organization':
      return <OrganizationScreen preview={screen.preview} place={place} go={go} />;
    case 'joined':
      return <JoinedScreen organization={screen.organization} go={go} />;
    case 'choose':
      return (
        <ChooseScreen organization={screen.organization} invitation={screen.invitation} go={go} />
      );
    case 'prove':
      return <ProveScreen enrollment={screen.enrollment} go={go} />;
    case 'progress':
      return <ProgressScreen enrollment={screen.enrollment} go={go} />;
    case 'install':
      return <InstallScreen enrollment={screen.enrollment} go={go} />;
    case 'credential':
      return <CredentialScreen credential={screen.credential} go={go} />;
  }
}

/** Tells the document its language and colours: they apply outside of React's tree as well. */
function useDocument(locale: string, theme: Theme): void {
  useLayoutEffect(() => {
    document.documentElement.lang = locale;
    document.documentElement.dataset['theme'] = theme;
  }, [locale, theme]);
}
