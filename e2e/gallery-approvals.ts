import { expect, test, type Page } from 'playwright/test';
import type { Gallery } from './gallery.ts';

interface Stage {
  readonly gallery: () => Gallery;
  readonly newPage: () => Promise<{ readonly page: Page }>;
  /** What the screen asked of main by one entry of the contract. */
  readonly callsOf: (page: Page, entry: string) => Promise<readonly unknown[]>;
}

const organizationId = 'northlight';
const approvalId = 'https://ca.northlight.example/acme/approval/evOGpD-hFJRzLaVqzqyTWA';
const digest = 'ZjFkMGM1YWIyZTk0Yzc3ODBkMWYzYTJiOTRlMDZjNTc';

/** What a person does with requests of others, and what main hears of it. */
export function testApprovals({ gallery, newPage, callsOf }: Stage): void {
  async function shown(scene: string): Promise<Page> {
    const { page } = await newPage();
    await gallery().show(page, scene);
    return page;
  }
  const approvals = (page: Page) => callsOf(page, 'approval/approve');
  const approveButton = (page: Page) =>
    page.getByRole('button', { name: 'Approve with the passkey' });

  test('nothing is approved that was not in view, and the keyboard comes past all of it', async () => {
    const page = await shown('approval-request');
    const approve = approveButton(page);
    await expect(approve).toHaveAttribute('aria-disabled', 'true');
    await expect(approve).toHaveAccessibleDescription(
      /Before you can approve, read to the end: .*“What exactly is signed”/,
    );
    // Neither a press nor a jump to the end is reading.
    await page.getByRole('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await expect(approve).toHaveAccessibleDescription(/“Why”/);
    // A press while it is off leads to what has not been read, with the focus.
    await approve.press('Enter');
    await expect(page.locator('[data-part]:focus')).toHaveCount(1);
    expect(await approvals(page)).toEqual([]);
    const readOn = page.getByRole('button', { name: 'Read on' });
    await expect(async () => {
      if (await readOn.isVisible()) await readOn.press('Enter', { timeout: 1000 });
      await expect(readOn).toHaveCount(0, { timeout: 50 });
    }).toPass({ intervals: [20] });
    expect(await approvals(page)).toEqual([]);
    await expect(
      page.getByRole('status').filter({ hasText: 'You have seen the whole' }),
    ).toBeVisible();
    await expect(approve).not.toHaveAttribute('aria-disabled', 'true');
    await approve.press('Enter');
    await expect
      .poll(() => approvals(page))
      .toMatchObject([
        { organizationId, approvalId, digest, answer: { by: 'passkey', way: 'window' } },
      ]);
  });

  test('a request that has become another one is read again from the beginning', async () => {
    const page = await shown('approval-request-read');
    await expect(approveButton(page)).not.toHaveAttribute('aria-disabled', 'true');
    // Main has it otherwise now, and says that something is new.
    await page.evaluate(`(async () => {
      const { open } = gallery.api.approval;
      gallery.api.approval.open = async (asked) => {
        const answer = await open(asked);
        const document = { ...answer.value.document, profile: 'ev-document-signing' };
        return { ok: true, value: { ...answer.value, document, digest: '${digest.replace('Z', 'Y')}' } };
      };
    })()`);
    await page.evaluate(`(async () => {
      const { requests, ...rest } = (await gallery.api.wallet.initial({})).value.approvals;
      const [first] = requests;
      const said = { from: { service: 'build' }, at: '2026-11-22T09:59:00Z', text: 'Hello' };
      gallery.notify('approval', 'changed', { ...rest, requests: [{ ...first, messages: [said] }] });
    })()`);
    await expect(page.getByRole('alert')).toContainText('not the request that stood here before');
    await expect(approveButton(page)).toHaveAttribute('aria-disabled', 'true');
    await approveButton(page).press('Enter');
    expect(await approvals(page)).toEqual([]);
  });

  test('what main refuses because it has changed has to be read again as well', async () => {
    const page = await shown('approval-request-changed');
    await expect(page.getByRole('alert')).toContainText('The request is not what you have read');
    expect((await approvals(page)).length).toBe(1);
    await expect(approveButton(page)).toHaveAttribute('aria-disabled', 'true');
  });

  test('a request is declined only with a reason, in one line', async () => {
    const page = await shown('approval-decline');
    const question = page.getByRole('dialog', { name: 'Decline what' });
    await question.getByRole('button', { name: 'Decline' }).click();
    const reason = question.getByRole('textbox', { name: 'Why do you decline it?' });
    await expect(reason).toBeFocused();
    expect(await callsOf(page, 'approval/decline')).toEqual([]);
    await reason.fill('Not reviewed.\nAsk Robin.');
    await question.getByRole('button', { name: 'Decline' }).click();
    const calls = [{ organizationId, approvalId, digest, reason: 'Not reviewed. Ask Robin.' }];
    expect(await callsOf(page, 'approval/decline')).toEqual(calls);
  });

  test('another screen begins at its top, however far the one before was scrolled', async () => {
    const page = await shown('approval-decided');
    const main = page.getByRole('main');
    const top = () => main.evaluate((element) => element.scrollTop);
    await page.getByRole('button', { name: 'Show your receipt' }).focus();
    await main.evaluate((element) => element.scrollTo(0, 600));
    expect(await top()).toBeGreaterThan(500);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'You approved it' })).toBeFocused();
    expect(await top()).toBe(0);
  });

  test('receipts of what others decided say so, and are reached from the request', async () => {
    const page = await shown('approval-auditor');
    await expect(page.getByRole('button', { name: 'Show your receipt' })).toHaveCount(0);
    await page.getByRole('button', { name: /Receipt of .*Robin Weber/ }).press('Enter');
    const heading = page.getByRole('heading', { level: 1 });
    await expect(heading).toHaveText(/Robin Weber.* approved it$/);
    await expect(page.getByRole('main')).not.toContainText(/\bYou(r|rs)?\b/);
    await gallery().show(page, 'approvals');
    const receipts = page.getByRole('list', { name: 'Receipts' }).getByRole('button');
    await expect(receipts.filter({ hasText: 'You approved it' })).toHaveCount(1);
    await expect(receipts.filter({ hasText: /Robin Weber.* approved it/ })).toHaveCount(1);
  });

  test('nobody is offered a way to approve their own request', async () => {
    const page = await shown('approval-own');
    await expect(page.getByText('You asked for this yourself')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Decline' })).toHaveCount(0);
  });

  test('names that imitate others are marked, and a domain stands as it is signed', async () => {
    const page = await shown('approval-request-names');
    await expect(page.getByText('A name here may imitate another one')).toBeVisible();
    const domain = page.locator('[data-part="what identifiers"]');
    await expect(domain.locator('.domain-ascii').first()).toHaveText('xn--80ak6aa92e.example');
    await expect(domain).toContainText('what is signed is the line above');
    await expect(domain).toContainText('written in Cyrillic');
    // The sentence around a text from right to left keeps its own direction, and so does the text.
    await expect(page.locator('[data-part="why reason"] bdi')).toHaveText(/^שלום/);
  });

  test('a link leads to its request, once', async () => {
    const page = await shown('approvals-empty');
    const asked = { organizationId, approvalId };
    await page.evaluate(`(async () => {
      const { approvals } = (await gallery.api.wallet.initial({})).value;
      gallery.notify('approval', 'changed', { ...approvals, asked: ${JSON.stringify(asked)} });
    })()`);
    await expect.poll(() => callsOf(page, 'approval/open')).toEqual([asked]);
    expect(await callsOf(page, 'approval/dismissAsked')).toEqual([{}]);
  });

  test('of a thousand requests a part is built, and what is to be decided comes first', async () => {
    const page = await shown('approvals-many');
    await expect(page.getByRole('heading', { level: 1, name: '334 requests wait' })).toBeVisible();
    const items = page.getByRole('listitem');
    await expect(items.first()).toHaveAttribute('aria-setsize', '334');
    expect(await items.count()).toBeLessThan(250);
    await items.first().getByRole('button').click();
    await expect.poll(async () => (await callsOf(page, 'approval/open')).length).toBe(1);
  });

  test('who waits is told when the next reminder can be sent, and can answer questions', async () => {
    const page = await shown('prove-approval');
    const remind = page.getByRole('button', { name: 'Send a reminder' });
    await expect(remind).toHaveAccessibleDescription(/can be sent at 11:40/);
    await remind.press('Enter');
    expect(await callsOf(page, 'enrollment/remind')).toEqual([]);
    await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible();
    await gallery().show(page, 'prove-approval-question');
    await page.getByRole('button', { name: 'Send reminders' }).click();
    expect(await callsOf(page, 'enrollment/remind')).toEqual([{ enrollmentId: 'e-1' }]);
    await page.getByRole('textbox', { name: 'Answer' }).fill('release/4.2');
    await page.getByRole('button', { name: 'Send the answer' }).click();
    const told = [{ enrollmentId: 'e-1', text: 'release/4.2' }];
    expect(await callsOf(page, 'enrollment/message')).toEqual(told);
  });
}
