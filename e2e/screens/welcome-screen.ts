import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** Where one starts: with a link, a file, or the Local CA. */
export class WelcomeScreen {
  readonly title: Locator;
  readonly link: Locator;
  readonly open: Locator;
  readonly chooseFile: Locator;
  readonly tryLocalCa: Locator;

  constructor(page: Page, { say }: Words) {
    this.title = page.getByRole('heading', { level: 1, name: say('welcome.title') });
    this.link = page.getByRole('textbox', { name: say('welcome.link.label') });
    this.open = page.getByRole('button', { name: say('action.continue') });
    this.chooseFile = page.getByRole('button', { name: say('welcome.file') });
    this.tryLocalCa = page.getByRole('button', { name: say('welcome.local.action') });
  }

  async openLink(link: string): Promise<void> {
    await this.link.fill(link);
    await this.open.click();
  }
}
