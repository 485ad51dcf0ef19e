import { useLayoutEffect, useMemo, useState } from 'react';
import type { Theme } from '../shared/models/wallet.ts';
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
import { TopBar } from './top-bar/top-bar.tsx';
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
  const screen = screenOf(state, place);
  return (
    <WordsContext value={words}>
      <InvitationDrop>
        <div className="app">
          <TopBar
            home={screen.name === 'home' || (screen.name !== 'tokens' && isUnused(state))}
            tokens={screen.name === 'tokens'}
            onHome={() => go({ at: 'home' })}
            onTokens={() => go({ at: 'tokens' })}
            onSettings={() => openSettings(true)}
          />
          <main className="app-main">
            <div className="app-screen" key={screenKey(screen)}>
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
