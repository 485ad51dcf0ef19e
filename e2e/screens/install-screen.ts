import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** Does it work? */
export class InstallScreen {
  /** Everything is in place and was tried out. */
  readonly ready: Locator;
  /** It works, but not everything went as planned. */
  readonly readyWithNote: Locator;
  /** Issued, but nowhere in use. */
  readonly nowhere: Locator;
  readonly provenByMutualTls: Locator;
  readonly provenBySignature: Locator;
  readonly done: Locator;
  readonly look: Locator;

  constructor(page: Page, { say, like }: Words) {
    const title = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
    this.ready = title(say('install.title.good'));
    this.readyWithNote = title(say('install.title.noted'));
    this.nowhere = title(say('install.title.nowhere'));
    this.provenByMutualTls = page.getByText(like('proof.mutual-tls'));
    this.provenBySignature = page.getByText(like('proof.signature'));
    this.done = page.getByRole('button', { name: say('install.done') });
    this.look = page.getByRole('button', { name: say('install.look') });
  }
}
