import type { Locator, Page } from 'playwright';
import type { ProofLink } from '../../shared/failure.ts';
import type { ProofMethod } from '../../shared/models/credential.ts';
import type { Words } from '../words.ts';

/** One thing after the other that shows that a credential works. */
export class ProofSteps {
  /** The sentence of a step that worked. */
  readonly proven: (method: ProofMethod) => Locator;
  /** A step that was left out, with the reason. */
  readonly untried: (method: ProofMethod) => Locator;
  /** What a step that failed says happened; why and what next are beside it. */
  readonly broken: (link: ProofLink) => Locator;

  constructor(page: Page, { say, like }: Words) {
    this.proven = (method) => page.getByText(like(`proof.${method}`));
    this.untried = (method) => {
      const beginning = `${say('proof.status.not-tried')} ${say(`proof.${method}.title`)}`;
      return page.getByRole('listitem').filter({ hasText: new RegExp(`^${beginning}`) });
    };
    this.broken = (link) => page.getByRole('group', { name: say(`failure.proof.${link}.what`) });
  }
}
