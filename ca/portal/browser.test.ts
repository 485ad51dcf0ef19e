import type { Browser, Page } from 'playwright';
import { beforeAll, describe, expect, test } from 'vitest';
import { openChromium, violationsOf } from '../testing/browser.ts';
import { startLocalCa, type LocalCa } from './local-ca.ts';

let localCa: LocalCa;
let browser: Browser;

beforeAll(async () => {
  localCa = await startLocalCa({ demoPerson: true });
  browser = await openChromium();
  return async () => {
    await browser.close();
    await localCa.ca.stop();
  };
});

async function openPage(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, colorScheme, locale: 'en' });
  return context.newPage();
}

async function openPortal(colorScheme?: 'light' | 'dark'): Promise<Page> {
  const page = await openPage(colorScheme);
  await page.goto(localCa.portalAddress);
  return page;
}

async function inviteAlex(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('link', { name: 'Alex Demo' }).click();
  await page.getByLabel('Credential').selectOption('Internal websites');
  await page.getByRole('button', { name: 'Create the invitation' }).click();
  await page.getByRole('heading', { name: 'Invitation for Alex Demo' }).waitFor();
}

describe('in a browser', { timeout: 180_000 }, () => {
  test('the key leaves the address bar, and a person is added and invited', async () => {
    const page = await openPortal();
    expect(page.url()).toBe(`${localCa.ca.origin}/portal/`);

    await page.getByRole('link', { name: 'Invite somebody' }).click();
    await page.getByLabel('Name').fill('Kim Example');
    await page.getByLabel('Email address').fill('Kim@Example.test');
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByRole('heading', { name: 'Kim Example' }).waitFor();
    expect(localCa.ca.people.findByEmail('kim@example.test')).toMatchObject({ role: 'employee' });

    await inviteAlex(page);
    const link = await page.getByRole('link', { name: 'Open in Countersign' }).getAttribute('href');
    expect(link).toMatch(/^countersign:\/\/join\?from=https%3A.+&credential=internal-websites&/);
    await page.context().close();
  });

  test("an invitation's web page hands the fragment on to the wallet, and says when it is missing", async () => {
    const page = await openPortal();
    await inviteAlex(page);
    const link = await page.getByRole('link', { name: 'Open in Countersign' }).getAttribute('href');
    const landing = await page.getByText(`${localCa.ca.origin}/join/`).innerText();

    const stranger = await openPage();
    await stranger.goto(landing);
    const open = stranger.getByRole('link', { name: 'Open in Countersign' });
    expect(await open.getAttribute('href')).toBe(link);
    await stranger.getByText('Countersign did not open?').click();
    expect(await stranger.getByRole('link', { name: 'Try again' }).isVisible()).toBe(true);
    await stranger.getByText('Countersign is not installed?').click();

    await stranger.goto('about:blank');
    await stranger.goto(landing.split('#')[0] ?? '');
    expect(await stranger.getByText('The link is incomplete').isVisible()).toBe(true);
    expect(await open.isVisible()).toBe(false);
    await stranger.context().close();
    await page.context().close();
  });

  test('a form on another page cannot use the cookie', async () => {
    const page = await openPortal();
    const person = localCa.ca.people.findByEmail('alex@example.test');
    const before = localCa.ca.people.invitations().length;
    const action = `${localCa.ca.origin}/portal/people/${person?.id ?? ''}/invitations`;
    const foreign = await page.context().newPage();
    await foreign.setContent(`<form method="post" action="${action}">
      <input name="credential" value="wifi-vpn"><input name="lifetime" value="day"><button>Go</button>
    </form>`);
    await foreign.getByRole('button').click();
    await foreign.getByRole('heading', { name: 'The portal needs its key' }).waitFor();
    expect(localCa.ca.people.invitations()).toHaveLength(before);
    await page.context().close();
  });

  test('no page has an accessibility fault', async () => {
    const page = await openPortal();
    for (const path of ['/portal/', '/portal/people', '/portal/services', '/join/unknown']) {
      await page.goto(localCa.ca.origin + path);
      expect(await violationsOf(page), path).toEqual([]);
    }
    const { organizations, people, directoryUrl, origin } = localCa.ca;
    const { id } = organizations.create({ name: 'Example Corp', domains: ['corp.example'] });
    const alex = people.findByEmail('alex@example.test')?.id ?? '';
    organizations.addMember(id, `person:${alex}`, 'approver');
    const query = `from=${directoryUrl}&approval=${origin}/acme/approval/evOGpD-hFJRzLaVqzqyTWA`;
    const approvals = ['organizations', `organizations/${id}`, 'approval-log', `approval?${query}`];
    for (const path of approvals) {
      await page.goto(`${origin}/portal/${path}`);
      expect(await violationsOf(page), path).toEqual([]);
    }
    await page.goto(`${localCa.ca.origin}/portal/`);
    await inviteAlex(page);
    expect(await violationsOf(page)).toEqual([]);
    await page.goBack();
    expect(await violationsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('the dark colours have enough contrast', { tags: ['deep'] }, async () => {
    const page = await openPortal('dark');
    await inviteAlex(page);
    for (const path of ['', '/portal/', '/portal/invitations']) {
      if (path !== '') await page.goto(localCa.ca.origin + path);
      expect(await violationsOf(page, ['color-contrast']), path).toEqual([]);
    }
    await page.context().close();
  });
});
