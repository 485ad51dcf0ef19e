import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** What do I need? */
export class ChooseScreen {
  readonly title: Locator;
  readonly offer: (name: string) => Locator;
  readonly keyType: (name: string | RegExp) => Locator;
  readonly email: Locator;
  /** Where the key will live, by the words on the choice. */
  readonly keyPlace: (name: string) => Locator;
  /** What is known of the token that was chosen, and whether it fits. */
  readonly report: Locator;
  readonly fits: Locator;
  readonly fitsByItsKey: Locator;
  /** The keys that are on the token already. */
  readonly existingKeys: Locator;
  /** What is lost by using one of them. */
  readonly replaces: Locator;
  /** What those who have to approve it are told. */
  readonly reason: Locator;
  readonly start: Locator;
  readonly cancel: Locator;

  constructor(page: Page, { say, like }: Words) {
    this.title = page.getByRole('heading', { level: 1, name: say('choose.title') });
    const offers = page.getByRole('group', { name: say('choose.offers') });
    this.offer = (name) => offers.getByRole('radio', { name });
    this.keyType = (name) => page.getByRole('radio', { name });
    const places = page.getByRole('group', { name: say('keyPlace.question') });
    this.keyPlace = (name) => places.getByRole('radio', { name });
    this.report = page.getByRole('heading', { name: like('check.title') });
    this.fits = places
      .getByText(say('verdict.fits'))
      .or(places.getByText(say('verdict.fits.file')));
    this.fitsByItsKey = places.getByText(say('verdict.fits-with-existing-key'));
    const existing = page.getByRole('group', { name: say('keyPlace.existing') });
    this.existingKeys = existing.getByRole('radio');
    this.replaces = existing.getByText(say('keyPlace.existing.replaces')).locator('..');
    this.email = page.getByRole('textbox', { name: say('choose.email.label') });
    this.reason = page.getByRole('textbox', { name: say('choose.reason') });
    this.start = page.getByRole('button', { name: say('choose.start') });
    this.cancel = page.getByRole('button', { name: say('action.cancel') });
  }
}
