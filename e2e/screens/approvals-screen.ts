import { expect } from 'playwright/test';
import type { Locator, Page } from 'playwright';
import type { Words } from '../words.ts';

/** What waits for me, what do I wait for, and what have I agreed to? */
export class ApprovalsScreen {
  /** Leads here from everywhere, where there is anything. */
  readonly show: Locator;
  readonly lookAgain: Locator;
  /** A request in one of the lists, by what stands on it. */
  readonly request: (list: 'toDecide' | 'waiting' | 'decided', text: string | RegExp) => Locator;
  readonly receipt: (text: string | RegExp) => Locator;
  /** The card of a standing approval. */
  readonly standing: (text: string | RegExp) => Locator;
  readonly withdrawStanding: Locator;
  readonly propose: Locator;
  readonly proposal: {
    readonly domain: Locator;
    readonly requester: Locator;
    readonly profile: Locator;
    readonly count: Locator;
    readonly reason: Locator;
    readonly submit: Locator;
  };

  constructor(page: Page, { say, like }: Words) {
    const button = (name: string | RegExp) => page.getByRole('button', { name });
    this.show = page.getByRole('banner').getByRole('button', { name: say('approvals.name') });
    this.lookAgain = button(say('approvals.refresh'));
    this.request = (list, text) =>
      page
        .getByRole('list', { name: say(`approvals.${list}`), exact: true })
        .getByRole('button')
        .filter({ hasText: text });
    const list = (id: 'approvals.receipts' | 'approvals.standing') =>
      page.getByRole('list', { name: say(id), exact: true });
    this.receipt = (text) =>
      list('approvals.receipts').getByRole('button').filter({ hasText: text });
    this.standing = (text) =>
      list('approvals.standing').getByRole('listitem').filter({ hasText: text });
    this.withdrawStanding = button(like('standing.withdraw.of'));
    this.propose = button(say('standing.propose'));
    this.proposal = {
      domain: page.getByRole('combobox', { name: say('propose.domain') }),
      requester: page.getByRole('combobox', { name: say('propose.requester') }),
      profile: page.getByRole('combobox', { name: say('propose.profile') }),
      count: page.getByRole('textbox', { name: say('propose.count') }),
      reason: page.getByRole('textbox', { name: say('propose.reason') }),
      submit: button(say('propose.submit')),
    };
  }
}

/** What am I asked to agree to? */
export class ApprovalScreen {
  /** Off until everything was in view. */
  readonly approveByPasskey: Locator;
  readonly approveByCertificate: Locator;
  readonly approveByKey: Locator;
  readonly approveInBrowser: Locator;
  /** Any of the above. */
  readonly approve: Locator;
  readonly another: Locator;
  readonly way: (name: string) => Locator;
  readonly readOn: Locator;
  readonly readAll: Locator;
  readonly decline: Locator;
  readonly withdraw: Locator;
  readonly back: Locator;
  /** The question for the reason of a decline or a withdrawal. */
  readonly reason: Locator;
  readonly confirm: (act: 'decline' | 'withdraw') => Locator;
  readonly question: Locator;
  readonly sendQuestion: Locator;
  readonly openQuestion: Locator;
  readonly messages: Locator;
  readonly own: Locator;
  readonly failure: Locator;
  /** A value of what is signed, by its exact name, e.g. `key.spkiSha256`. */
  readonly exact: (member: string) => Locator;
  /** A row in plain words, by the member that it tells. */
  readonly told: (member: string) => Locator;
  /** The page of a receipt. */
  readonly approved: Locator;
  readonly declined: Locator;
  readonly saveReceipt: Locator;
  readonly outcome: (
    status: 'approved' | 'declined' | 'expired' | 'withdrawn' | 'spent',
  ) => Locator;

  constructor(page: Page, { say }: Words) {
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    this.approveByPasskey = button(say('approve.passkey.submit.window'));
    this.approveInBrowser = button(say('approve.passkey.submit.browser'));
    this.approveByKey = button(say('approve.passkey.submit.key'));
    this.approveByCertificate = button(say('approve.certificate.submit'));
    this.approve = this.approveByPasskey
      .or(this.approveInBrowser)
      .or(this.approveByKey)
      .or(this.approveByCertificate);
    this.another = button(say('prove.way.another'));
    const ways = page.getByRole('list', { name: say('prove.way.others') });
    this.way = (name) => ways.getByRole('button', { name });
    this.readOn = button(say('approval.reading.show'));
    this.readAll = page.getByRole('status').filter({ hasText: say('approval.reading.done') });
    this.decline = page
      .locator('.action-bar')
      .getByRole('button', { name: say('approval.decline') });
    this.withdraw = page
      .locator('.action-bar')
      .getByRole('button', { name: say('approval.withdraw') });
    this.back = button(say('approvals.back'));
    const dialog = page.getByRole('dialog');
    this.reason = dialog.getByRole('textbox');
    this.confirm = (act) =>
      dialog.getByRole('button', { name: say(`approval.${act}`), exact: true });
    this.openQuestion = page.locator('summary', { hasText: say('approval.ask') });
    this.question = page.getByRole('main').getByRole('textbox');
    this.sendQuestion = button(say('approval.ask.action'));
    this.messages = page.getByRole('list', { name: say('approval.messages') });
    this.own = page.getByText(say('approval.standing.own'), { exact: true });
    this.failure = page.getByRole('alert');
    this.exact = (member) => page.locator(`[data-part="exact ${member}"] dd`);
    this.told = (member) => page.locator(`[data-part$=" ${member}"]:not([data-part^="exact "]) dd`);
    const heading = (name: string) => page.getByRole('heading', { level: 1, name });
    this.approved = heading(say('receipt.title.approve'));
    this.declined = heading(say('receipt.title.decline'));
    this.saveReceipt = button(say('receipt.save'));
    this.outcome = (status) => page.getByText(say(`approval.outcome.${status}`), { exact: true });
  }

  /** As a person does: on and on until nothing is left. */
  async read(): Promise<void> {
    await expect(this.approve).toBeVisible();
    await expect(async () => {
      if (await this.readOn.isVisible()) await this.readOn.click({ timeout: 1000 });
      expect(await this.readAll.isVisible()).toBe(true);
    }).toPass({ intervals: [50] });
  }
}
