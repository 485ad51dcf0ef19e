import type { Locator, Page } from 'playwright';
import type { ProofLink } from '../../shared/failure.ts';
import type { Words } from '../words.ts';
import { CredentialUses } from './credential-uses.ts';
import { ProofSteps } from './proof-steps.ts';

/** What is this, and what can be done with it? */
export class CredentialScreen {
  readonly title: (name: string) => Locator;
  readonly history: Locator;
  /** A line of the history that begins with these words. */
  readonly happened: (event: string) => Locator;
  /** One place by its name, with everything about it. */
  readonly place: (name: string) => Locator;
  /** One for each place from which it works. */
  readonly works: Locator;
  /** One for each place from which it does not. */
  readonly fails: Locator;
  /** Shows the steps of a place from which it works; in one that fails they are in sight. */
  readonly howTried: Locator;
  readonly steps: ProofSteps;
  readonly provenBySignature: Locator;
  readonly provenByMutualTls: Locator;
  /** What a step that failed says happened. */
  readonly broken: (link: ProofLink) => Locator;
  readonly test: Locator;
  /** One button for each place where it is not. */
  readonly putThere: Locator;
  readonly save: Locator;
  /** In the dialog that `save` opens, and in that of `exportWithKey`. */
  readonly saveFile: Locator;
  readonly pem: Locator;
  readonly pkcs7: Locator;
  readonly exportWithKey: Locator;
  readonly legacy: Locator;
  readonly passphrase: Locator;
  readonly passphraseAgain: Locator;
  readonly revoke: Locator;
  readonly remove: Locator;
  readonly overview: Locator;
  /** Networks, browsers, programs and signatures. */
  readonly uses: CredentialUses;

  constructor(page: Page, words: Words) {
    const { say, like } = words;
    const button = (name: string | RegExp) => page.getByRole('button', { name });
    this.title = (name) => page.getByRole('heading', { level: 1, name });
    this.history = page.getByRole('heading', { level: 2, name: say('history.title') });
    this.happened = (event) => page.locator('.history').getByText(event);
    this.place = (name) =>
      page
        .getByRole('listitem')
        .filter({ has: page.getByRole('heading', { level: 3, name, exact: true }) });
    this.works = page.getByText(say('proof.works'), { exact: true });
    this.fails = page.getByText(say('proof.fails'), { exact: true });
    this.howTried = page.getByText(say('proof.how'), { exact: true });
    this.steps = new ProofSteps(page, words);
    this.provenBySignature = this.steps.proven('signature');
    this.provenByMutualTls = this.steps.proven('mutual-tls');
    this.broken = this.steps.broken;
    this.test = button(like('places.prove.in'));
    this.putThere = button(like('places.install.in'));
    this.save = button(say('actions.save'));
    this.saveFile = page.getByRole('dialog').getByRole('button', { name: say('export.save') });
    this.pem = page.getByRole('radio', { name: say('save.pem') });
    this.pkcs7 = page.getByRole('radio', { name: say('save.pkcs7') });
    this.exportWithKey = button(say('actions.export'));
    this.legacy = page.getByRole('checkbox', { name: say('export.legacy') });
    this.passphrase = page.getByLabel(say('export.passphrase'), { exact: true });
    this.passphraseAgain = page.getByLabel(say('export.repeat'), { exact: true });
    this.revoke = button(say('actions.revoke'));
    this.remove = button(say('actions.remove'));
    this.overview = page.getByRole('button', { name: say('credential.back'), exact: true });
    this.uses = new CredentialUses(page, words);
  }
}
