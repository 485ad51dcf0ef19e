import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** Whose PIN, what for, and how many tries are left? */
export class PinDialog {
  readonly dialog: Locator;
  readonly pin: Locator;
  readonly unlock: Locator;
  readonly cancel: Locator;
  readonly acceptFinalTry: Locator;
  /** What was wrong with the last PIN. */
  readonly failure: Locator;

  constructor(page: Page, { say, like }: Words) {
    this.dialog = page.getByRole('dialog', { name: like('pin.title') });
    this.pin = this.dialog.getByLabel(say('pin.label'), { exact: true });
    this.unlock = this.dialog.getByRole('button', { name: say('pin.submit') });
    this.cancel = this.dialog.getByRole('button', { name: say('action.cancel') });
    this.acceptFinalTry = this.dialog.getByRole('checkbox', { name: say('pin.final.accept') });
    this.failure = this.dialog.getByRole('alert');
  }

  async answer(pin: string): Promise<void> {
    await this.pin.fill(pin);
    await this.unlock.click();
  }
}
