import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** What is this, and what can be done with it? */
export class CredentialScreen {
  readonly title: (name: string) => Locator;
  readonly history: Locator;
  readonly provenByMutualTls: Locator;
  readonly test: Locator;
  /** One button for each place where it is not. */
  readonly putThere: Locator;
  readonly provenBySignature: Locator;
  readonly save: Locator;
  readonly exportWithKey: Locator;
  readonly revoke: Locator;
  readonly remove: Locator;
  readonly overview: Locator;

  constructor(page: Page, { say, like }: Words) {
    this.title = (name) => page.getByRole('heading', { level: 1, name });
    this.history = page.getByRole('heading', { level: 2, name: say('history.title') });
    this.provenByMutualTls = page.getByText(like('proof.mutual-tls'));
    this.test = page.getByRole('button', { name: like('places.prove.in') });
    this.putThere = page.getByRole('button', { name: like('places.install.in') });
    this.provenBySignature = page.getByText(like('proof.signature'));
    this.save = page.getByRole('button', { name: say('actions.save') });
    this.exportWithKey = page.getByRole('button', { name: say('actions.export') });
    this.revoke = page.getByRole('button', { name: say('actions.revoke') });
    this.remove = page.getByRole('button', { name: say('actions.remove') });
    this.overview = page.getByRole('button', { name: say('credential.back'), exact: true });
  }
}
