import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** What do I need? */
export class ChooseScreen {
  readonly title: Locator;
  readonly offer: (name: string) => Locator;
  readonly keyType: (name: string | RegExp) => Locator;
  readonly email: Locator;
  readonly start: Locator;
  readonly cancel: Locator;

  constructor(page: Page, { say }: Words) {
    this.title = page.getByRole('heading', { level: 1, name: say('choose.title') });
    const offers = page.getByRole('group', { name: say('choose.offers') });
    this.offer = (name) => offers.getByRole('radio', { name });
    this.keyType = (name) => page.getByRole('radio', { name });
    this.email = page.getByRole('textbox', { name: say('choose.email.label') });
    this.start = page.getByRole('button', { name: say('choose.start') });
    this.cancel = page.getByRole('button', { name: say('action.cancel') });
  }
}
