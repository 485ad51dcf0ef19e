import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** What is plugged in, what is on it, and why can it not be used? */
export class TokensScreen {
  /** Leads here from everywhere. */
  readonly show: Locator;
  readonly home: Locator;
  readonly none: Locator;
  /** The card of one token. */
  readonly token: (label: string) => Locator;
  /** A key or certificate, in the card of its token or anywhere. */
  readonly item: (text: string | RegExp) => Locator;
  /** The one that the person has added. */
  readonly addedDriver: Locator;
  readonly addDriver: Locator;
  readonly lookAgain: Locator;
  readonly remove: Locator;
  readonly confirmRemoval: Locator;

  constructor(page: Page, { say, like }: Words) {
    this.show = page.getByRole('button', { name: say('tokens.name'), exact: true });
    this.home = page.getByRole('button', { name: say('app.home') });
    this.none = page.getByRole('heading', { level: 1, name: say('tokens.title.none') });
    this.token = (label) =>
      page.locator('.card').filter({ has: page.getByRole('heading', { level: 2, name: label }) });
    this.item = (text) => page.getByRole('listitem').filter({ hasText: text });
    this.addedDriver = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('button', { name: like('drivers.forget.of') }) });
    this.addDriver = page.getByRole('button', { name: say('drivers.add') });
    this.lookAgain = page.getByRole('button', { name: say('tokens.again'), exact: true });
    this.remove = page.getByRole('button', { name: like('tokens.remove.of') });
    this.confirmRemoval = page
      .getByRole('dialog')
      .getByRole('button', { name: say('removeKey.action') });
  }
}
