import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** Who has approved my order, and who is still missing? */
export class WaitingScreen {
  readonly title: Locator;
  /** To be handed to an approver. */
  readonly link: Locator;
  readonly messages: Locator;
  readonly answer: Locator;
  readonly sendAnswer: Locator;
  readonly remind: Locator;

  constructor(page: Page, { say }: Words) {
    this.title = page.getByRole('heading', { level: 1, name: say('waiting.screen') });
    this.link = page.locator('code').filter({ hasText: 'countersign://approve?' });
    this.messages = page.getByRole('list', { name: say('approval.messages') });
    this.answer = page.getByRole('textbox', { name: say('approval.answer') });
    this.sendAnswer = page.getByRole('button', { name: say('approval.answer.action') });
    this.remind = page.getByRole('button', { name: /remind/i });
  }
}
