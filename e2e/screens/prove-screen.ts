import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** Is it really me? */
export class ProveScreen {
  readonly title: Locator;
  readonly code: Locator;
  readonly send: Locator;
  readonly later: Locator;
  readonly cancel: Locator;
  /** What the CA thought of the last code. */
  readonly failure: Locator;

  constructor(page: Page, { say }: Words) {
    this.title = page.getByRole('heading', { level: 1, name: say('prove.title') });
    this.code = page.getByRole('textbox', { name: say('challenge.totp') });
    this.send = page.getByRole('button', { name: say('prove.submit') });
    this.later = page.getByRole('button', { name: say('prove.later') });
    this.cancel = page.getByRole('button', { name: say('progress.cancel') });
    this.failure = page.getByRole('alert');
  }

  async answer(code: string): Promise<void> {
    await this.code.fill(code);
    await this.send.click();
  }
}
