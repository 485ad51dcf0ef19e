import type { Page } from 'playwright';
import { wordsOf, type Words } from '../words.ts';
import { ApprovalScreen, ApprovalsScreen } from './approvals-screen.ts';
import { ChooseScreen } from './choose-screen.ts';
import { CredentialScreen } from './credential-screen.ts';
import { HomeScreen } from './home-screen.ts';
import { InstallScreen } from './install-screen.ts';
import { JoinedScreen } from './joined-screen.ts';
import { OrganizationScreen } from './organization-screen.ts';
import { PinDialog } from './pin-dialog.ts';
import { ProgressScreen } from './progress-screen.ts';
import { ProveScreen } from './prove-screen.ts';
import { TokensScreen } from './tokens-screen.ts';
import { WaitingScreen } from './waiting-screen.ts';
import { WelcomeScreen } from './welcome-screen.ts';

/** The wallet's window, one screen at a time, by what a person or a screen reader finds there. */
export class Screens {
  readonly welcome: WelcomeScreen;
  readonly organization: OrganizationScreen;
  readonly joined: JoinedScreen;
  readonly choose: ChooseScreen;
  readonly prove: ProveScreen;
  readonly progress: ProgressScreen;
  readonly install: InstallScreen;
  readonly home: HomeScreen;
  readonly credential: CredentialScreen;
  readonly tokens: TokensScreen;
  readonly pin: PinDialog;
  /** While others have to agree to what was ordered. */
  readonly waiting: WaitingScreen;
  readonly approvals: ApprovalsScreen;
  readonly approval: ApprovalScreen;

  constructor(page: Page, words: Words = wordsOf('en')) {
    this.welcome = new WelcomeScreen(page, words);
    this.organization = new OrganizationScreen(page, words);
    this.joined = new JoinedScreen(page, words);
    this.choose = new ChooseScreen(page, words);
    this.prove = new ProveScreen(page, words);
    this.progress = new ProgressScreen(page, words);
    this.install = new InstallScreen(page, words);
    this.home = new HomeScreen(page, words);
    this.credential = new CredentialScreen(page, words);
    this.tokens = new TokensScreen(page, words);
    this.pin = new PinDialog(page, words);
    this.waiting = new WaitingScreen(page, words);
    this.approvals = new ApprovalsScreen(page, words);
    this.approval = new ApprovalScreen(page, words);
  }
}
