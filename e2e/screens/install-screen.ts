import type { Locator, Page } from 'playwright';
import type { ProofLink } from '../../shared/failure.ts';
import type { Words } from '../words.ts';
import { ProofSteps } from './proof-steps.ts';

/** Does it work? */
export class InstallScreen {
  /** Everything is in place and was tried out. */
  readonly ready: Locator;
  /** It works, but not everything went as planned. */
  readonly readyWithNote: Locator;
  /** Issued, but nowhere in use. */
  readonly nowhere: Locator;
  readonly steps: ProofSteps;
  readonly provenByMutualTls: Locator;
  readonly provenBySignature: Locator;
  /** What a step that failed says happened. */
  readonly broken: (link: ProofLink) => Locator;
  /** The credential that was there before has not been touched. */
  readonly olderStays: Locator;
  readonly done: Locator;
  readonly look: Locator;

  constructor(page: Page, words: Words) {
    const { say } = words;
    const title = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
    this.ready = title(say('install.title.good'));
    this.readyWithNote = title(say('install.title.noted'));
    this.nowhere = title(say('install.title.nowhere'));
    this.steps = new ProofSteps(page, words);
    this.provenByMutualTls = this.steps.proven('mutual-tls');
    this.provenBySignature = this.steps.proven('signature');
    this.broken = this.steps.broken;
    this.olderStays = page.getByText(say('install.olderStays'));
    this.done = page.getByRole('button', { name: say('install.done') });
    this.look = page.getByRole('button', { name: say('install.look') });
  }
}
