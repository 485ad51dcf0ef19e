import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** What a credential can be used for beside lying in its places. */
export class CredentialUses {
  /** One network by its name, with everything about it. */
  readonly network: (name: string) => Locator;
  /** Asks for an .eap-config file. */
  readonly addNetwork: Locator;
  /** In the dialog that shows what would be set. */
  readonly addChosenNetwork: Locator;
  readonly networkAdded: Locator;
  /** Opens the list of browsers. */
  readonly browsers: Locator;
  /** Opens the question before a browser is told not to ask, or to ask again. */
  readonly doNotAsk: (browser: string) => Locator;
  /** The same where it is told to show another one. */
  readonly showThisOne: (browser: string) => Locator;
  readonly askAgain: (browser: string) => Locator;
  /** In that question. */
  readonly changeBrowser: Locator;
  readonly browserShows: Locator;
  readonly browserAsks: Locator;
  readonly administratorTypes: Locator;
  readonly administratorCommand: (browser: string) => Locator;
  /** Opens one program that signs, such as `osslsigncode`. */
  readonly signingTool: (tool: string) => Locator;
  readonly signingCommand: (tool: string) => Locator;
  readonly ownSigningCommand: Locator;
  readonly signDocument: Locator;
  readonly documentSigned: Locator;
  readonly documentTimestamped: Locator;
  readonly documentNotTimestamped: Locator;
  /** Opens the list of other programs. */
  readonly programs: Locator;
  /** Opens one of them, such as `OpenVPN`. */
  readonly program: (name: string) => Locator;
  readonly programText: (name: string) => Locator;
  readonly saveProgramText: (name: string) => Locator;

  constructor(page: Page, { say, like }: Words) {
    const button = (name: string | RegExp) => page.getByRole('button', { name });
    const inDialog = (name: string) => page.getByRole('dialog').getByRole('button', { name });
    const summary = (text: string | RegExp) => page.locator('summary').filter({ hasText: text });
    const exactly = (text: string) => page.getByText(text, { exact: true });
    const about = (id: Parameters<typeof like>[0], name: string) =>
      new RegExp(like(id).source.replace('.+', name.replaceAll(/[^\w ]/g, '.')));
    this.network = (name) =>
      page
        .getByRole('listitem')
        .filter({ has: page.getByRole('heading', { level: 3, name, exact: true }) });
    this.addNetwork = button(say('networks.add')).or(button(say('networks.addFirst')));
    this.addChosenNetwork = inDialog(say('networks.use.action'));
    this.networkAdded = page.getByText(like('networks.added'));
    this.browsers = summary(say('browsers.title'));
    this.doNotAsk = (browser) => button(about('browsers.set.in', browser));
    this.showThisOne = (browser) => button(about('browsers.renew.in', browser));
    this.askAgain = (browser) => button(about('browsers.withdraw.in', browser));
    this.changeBrowser = inDialog(say('browsers.set.action'));
    this.browserShows = exactly(say('browsers.state.present'));
    this.browserAsks = exactly(say('browsers.state.absent'));
    this.administratorTypes = summary(say('browsers.admin'));
    this.administratorCommand = (browser) =>
      page.getByRole('group', { name: about('browsers.admin.command', browser) });
    this.signingTool = (tool) => summary(new RegExp(`^${tool} `));
    this.signingCommand = (tool) => page.getByRole('group', { name: about('sign.command', tool) });
    this.ownSigningCommand = page.getByRole('group', { name: say('sign.own') });
    this.signDocument = button(say('documents.sign'));
    this.documentSigned = page.getByRole('heading', { level: 3, name: say('documents.done') });
    this.documentTimestamped = page.getByText(like('documents.timestamped'));
    this.documentNotTimestamped = exactly(say('documents.untimestamped'));
    this.programs = summary(say('programs.title'));
    this.program = (name) => summary(new RegExp(`^${name}$`));
    this.programText = (name) => page.getByRole('group', { name: about('programs.content', name) });
    this.saveProgramText = (name) => button(about('programs.save.of', name));
  }
}
