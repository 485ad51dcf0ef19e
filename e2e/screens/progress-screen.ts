import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** What is happening? */
export class ProgressScreen {
  readonly working: Locator;
  readonly interrupted: Locator;
  readonly failed: Locator;
  readonly cancelled: Locator;
  readonly steps: Locator;
  readonly cancel: Locator;
  readonly resume: Locator;
  readonly again: Locator;

  constructor(page: Page, { say }: Words) {
    const title = (name: string) => page.getByRole('heading', { level: 1, name });
    this.working = title(say('progress.title.working'));
    this.interrupted = title(say('progress.title.interrupted'));
    this.failed = title(say('progress.title.failed'));
    this.cancelled = title(say('progress.title.cancelled'));
    this.steps = page.getByRole('list', { name: say('progress.steps') }).getByRole('listitem');
    this.cancel = page.getByRole('button', { name: say('progress.cancel') });
    this.resume = page.getByRole('button', { name: say('progress.resume') });
    this.again = page.getByRole('button', { name: say('progress.again') });
  }
}
