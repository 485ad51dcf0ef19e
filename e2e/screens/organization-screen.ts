import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** Whom am I dealing with? */
export class OrganizationScreen {
  readonly title: Locator;
  /** Instead of the title, when the invitation cannot be used. */
  readonly refusal: Locator;
  readonly name: (name: string) => Locator;
  readonly vouchedByLocalCa: Locator;
  /** The eight words, one each. */
  readonly fingerprintWords: Locator;
  /** Opens what came from outside. */
  readonly open: Locator;
  readonly accept: Locator;
  readonly wordsMatch: Locator;
  readonly wordsDiffer: Locator;
  readonly notNow: Locator;
  readonly close: Locator;

  constructor(page: Page, { say }: Words) {
    this.title = page.getByRole('heading', { level: 1, name: say('organization.title') });
    this.refusal = page.getByRole('heading', { level: 1, name: say('organization.failed.title') });
    this.name = (name) => page.getByRole('heading', { level: 2, name });
    this.vouchedByLocalCa = page.getByText(say('vouching.localCa'));
    this.fingerprintWords = page
      .getByRole('list', { name: say('vouching.words') })
      .getByRole('listitem');
    this.open = page.getByRole('button', { name: say('organization.asking.open'), exact: true });
    this.accept = page.getByRole('button', { name: say('action.continue') });
    this.wordsMatch = page.getByRole('button', { name: say('organization.wordsMatch') });
    this.wordsDiffer = page.getByRole('button', { name: say('organization.wordsDiffer') });
    this.notNow = page.getByRole('button', { name: say('organization.notNow') });
    this.close = page.getByRole('button', { name: say('action.close') });
  }
}
