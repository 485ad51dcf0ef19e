import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** Is it really me? */
export class ProveScreen {
  readonly title: Locator;
  readonly code: Locator;
  /** The field for a code of any kind: there is never more than one. */
  readonly anyCode: Locator;
  readonly send: Locator;
  readonly later: Locator;
  readonly cancel: Locator;
  /** What the CA thought of the last answer. */
  readonly failure: Locator;
  /** Shows the other ways; each is a button of that list by its name. */
  readonly another: Locator;
  readonly way: (name: string) => Locator;
  readonly certificate: (name: string) => Locator;
  readonly sign: Locator;
  readonly passkeyIn: (way: 'window' | 'browser') => Locator;
  readonly registeredKey: Locator;
  readonly usePasskey: Locator;
  readonly openBrowser: Locator;
  readonly signWithKey: Locator;
  readonly stop: Locator;
  readonly ownCode: Locator;
  /** With what is to be keyed into the device that gives the code. */
  readonly displayed: Locator;
  /** The card of one thing that has to be proven, by its heading. */
  readonly part: (name: string | RegExp) => Locator;
  /** The organisation looks at what was sent. */
  readonly processing: Locator;

  constructor(page: Page, { say }: Words) {
    this.title = page.getByRole('heading', { level: 1, name: say('prove.title') });
    const button = (name: string) => page.getByRole('button', { name });
    this.code = page.getByRole('textbox', { name: say('challenge.totp') });
    this.anyCode = page.getByRole('main').getByRole('textbox');
    this.send = page.getByRole('button', { name: say('prove.submit') });
    this.later = page.getByRole('button', { name: say('prove.later') });
    this.cancel = page.getByRole('button', { name: say('progress.cancel') });
    this.failure = page.getByRole('alert');
    this.another = button(say('prove.way.another'));
    const ways = page.getByRole('list', { name: say('prove.way.others') });
    this.way = (name) => ways.getByRole('button', { name });
    this.certificate = (name) => page.getByRole('radio', { name });
    this.sign = button(say('prove.certificate.submit'));
    this.passkeyIn = (way) => page.getByRole('radio', { name: say(`prove.passkey.${way}`) });
    this.registeredKey = page.getByRole('radio', { name: say('prove.passkey.key') });
    this.usePasskey = button(say('prove.passkey.submit.window'));
    this.openBrowser = button(say('prove.passkey.submit.browser'));
    this.signWithKey = button(say('prove.passkey.submit.key'));
    this.stop = button(say('prove.stop'));
    this.ownCode = button(say('prove.own.submit'));
    this.displayed = page.getByText(say('prove.display')).locator('..');
    this.part = (name) =>
      page
        .getByRole('main')
        .getByRole('listitem')
        .filter({ has: page.getByRole('heading', { level: 2, name }) });
    this.processing = page.getByRole('heading', { name: say('prove.processing') });
  }

  /** In the field for whatever kind of code is asked for. */
  async answerAnyCode(code: string): Promise<void> {
    await this.anyCode.fill(code);
    await this.send.click();
  }

  async answer(code: string): Promise<void> {
    await this.code.fill(code);
    await this.send.click();
  }
}
