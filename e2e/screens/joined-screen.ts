import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** An organisation that was joined, and the ways to prove who one is there. */
export class JoinedScreen {
  readonly ways: Locator;
  readonly registerPasskey: Locator;
  readonly registerKey: Locator;
  /** In the dialogs of both. */
  readonly name: Locator;
  readonly passkeyIn: (way: 'window' | 'browser') => Locator;
  readonly register: Locator;
  readonly forget: Locator;
  readonly confirmForget: Locator;
  /** Something else has to be proven first. */
  readonly first: Locator;
  readonly back: Locator;

  constructor(page: Page, { say, like }: Words) {
    this.ways = page.getByRole('heading', { name: say('ways.title') });
    this.registerPasskey = page.getByRole('button', { name: say('ways.passkey.add') });
    this.registerKey = page.getByRole('button', { name: say('ways.key.add') });
    const dialog = page.getByRole('dialog');
    this.name = dialog.getByRole('textbox', { name: say('ways.passkey.name') });
    this.passkeyIn = (way) => dialog.getByRole('radio', { name: say(`prove.passkey.${way}`) });
    this.register = dialog.getByRole('button', { name: say('ways.register'), exact: true });
    this.forget = page.getByRole('button', { name: like('ways.forget.of') });
    this.confirmForget = dialog.getByRole('button', {
      name: say('ways.forget.action'),
      exact: true,
    });
    this.first = page.getByText(say('ways.first'), { exact: true });
    this.back = page.getByRole('button', { name: say('credential.back'), exact: true });
  }
}
