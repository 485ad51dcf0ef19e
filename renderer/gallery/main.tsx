import { createRoot, type Root } from 'react-dom/client';
import { App } from '../app.tsx';
import { BrokenStart } from '../broken-start.tsx';
import { ClockContext } from '../clock.ts';
import type { Theme } from '../../shared/models/wallet.ts';
import { now } from '../testing/credentials.ts';
import { fakeWallet } from '../testing/fake-wallet.ts';
import { pseudoCatalogue } from '../testing/pseudo.ts';
import { openWallet } from '../wallet.ts';
import { wordsFor, type Catalogue } from '../words.ts';
import en from '../../resources/translations/en.json';
import { perform } from './acting.ts';
import type { Scene } from './scene.ts';
import { ofApprovals } from './scenes-approvals.ts';
import { arriving } from './scenes-arriving.ts';
import { ofOneCredential } from './scenes-credential.ts';
import { atHome } from './scenes-home.ts';
import { joinedOrganizations } from './scenes-organization.ts';
import { ofChallenges } from './scenes-proving.ts';
import { withTokens } from './scenes-tokens.ts';
import { onTheWay } from './scenes-underway.ts';

const scenes: Readonly<Record<string, Scene>> = {
  ...arriving,
  ...onTheWay,
  ...ofChallenges,
  ...joinedOrganizations,
  ...atHome,
  ...ofOneCredential,
  ...withTokens,
  ...ofApprovals,
};
/** What main cannot even send: it stands beside the scenes. */
const brokenStart = 'broken-start';

declare global {
  interface Window {
    /** For tests: the scene that a query asks for, in place of the one that is shown. */
    readonly turnTo: (query: string) => Promise<void>;
  }
}

const container = rootElement();
const { documentElement } = document;
let root: Root | undefined;

Object.assign(window, { turnTo } satisfies Pick<Window, 'turnTo'>);
await turnTo(location.search);
documentElement.dataset['ready'] = 'true';

function rootElement(): HTMLElement {
  const element = document.getElementById('root');
  if (element === null) throw new Error('index.html has no #root');
  return element;
}

/** Leaves of the scene before nothing that a page just loaded would not have. */
async function turnTo(query: string): Promise<void> {
  root?.unmount();
  delete documentElement.dataset['theme'];
  documentElement.lang = 'en';
  const wanted = new URLSearchParams(query);
  documentElement.dir = wanted.get('direction') ?? 'ltr';
  root = createRoot(container);
  const name = wanted.get('scene');
  const chosen = name === null ? undefined : scenes[name];
  if (chosen !== undefined) return show(root, chosen, wanted);
  root.render(
    name === brokenStart ? (
      <BrokenStart failure={{ code: 'wallet-storage', reason: 'newer-version' }} />
    ) : (
      <Index />
    ),
  );
  await perform([], wordsFor('en-GB'));
}

async function show(root: Root, scene: Scene, wanted: URLSearchParams): Promise<void> {
  const language = wanted.get('language') ?? 'en';
  const catalogue = language === 'pseudo' ? pseudoCatalogue(en) : undefined;
  const locale = language === 'de' ? 'de-DE' : 'en-GB';
  const theme = (wanted.get('theme') ?? 'system') as Theme;
  const { settings } = scene.state.wallet;
  const wallet = { ...scene.state.wallet, locale, settings: { ...settings, theme } };
  const main = fakeWallet({ ...scene.state, wallet }, scene.replies);
  // For tests: what the screen asked for, and a way to answer as main would.
  Object.assign(window, { gallery: main });
  const opened = await openWallet(main.api);
  if (!opened.ok) throw new Error('the double refused to open');
  root.render(
    <ClockContext value={() => now}>
      <App store={opened.value} start={scene.start} {...withCatalogue(catalogue)} />
    </ClockContext>,
  );
  await perform(scene.acts, wordsFor(locale, catalogue));
}

function withCatalogue(catalogue: Catalogue | undefined): { readonly catalogue?: Catalogue } {
  return catalogue === undefined ? {} : { catalogue };
}

function Index() {
  return (
    <main>
      <h1>Countersign gallery</h1>
      <ul>
        {[...Object.keys(scenes), brokenStart].map((scene) => (
          <li key={scene}>
            <a href={`?scene=${scene}`}>{scene}</a>
          </li>
        ))}
      </ul>
    </main>
  );
}
