import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** Am I fine? */
export class HomeScreen {
  readonly fine: Locator;
  readonly empty: Locator;
  readonly waiting: Locator;
  readonly past: Locator;
  readonly credential: (name: string) => Locator;
  /** Leads to what is known of an organisation. */
  readonly organization: (name: string) => Locator;
  readonly addOrganization: Locator;
  readonly getCredential: Locator;
  /** What became of work that was cut off. */
  readonly interrupted: Locator;
  readonly interruptedFinished: Locator;
  readonly interruptedUndone: Locator;
  readonly dismissInterrupted: Locator;
  readonly resume: Locator;
  readonly show: Locator;

  constructor(page: Page, { say, like }: Words) {
    const title = (name: string) => page.getByRole('heading', { level: 1, name });
    this.fine = title(say('home.fine.title'));
    this.empty = title(say('home.empty.title'));
    this.past = title(say('home.past.title'));
    this.waiting = page.getByRole('region', { name: say('home.unfinished') });
    const credentials = page.getByRole('list', { name: say('home.credentials') });
    this.credential = (name) => credentials.getByRole('button', { name });
    this.organization = (name) => page.getByRole('button', { name, exact: true });
    this.addOrganization = page.getByRole('button', { name: say('home.add') });
    this.getCredential = page.getByRole('button', { name: like('home.get.from') });
    this.interrupted = page.getByText(say('interrupted.title'));
    this.interruptedFinished = page.getByText(like('interrupted.finished'));
    this.interruptedUndone = page.getByText(like('interrupted.rolled-back'));
    this.dismissInterrupted = page.getByRole('button', { name: say('interrupted.dismiss') });
    this.resume = page.getByRole('button', { name: like('home.resume.of') });
    this.show = page.getByRole('button', { name: like('home.show.of') });
  }
}
