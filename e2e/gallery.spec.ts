import { expect, test, type Page } from 'playwright/test';
import { testApprovals } from './gallery-approvals.ts';
import { testProving } from './gallery-proving.ts';
import { testTokens } from './gallery-tokens.ts';
import { testUses } from './gallery-uses.ts';
import { problemsOf, wcag } from './accessibility.ts';
import { openGallery, type Gallery, type Look } from './gallery.ts';

// Every screen in every state, in front of a double of main: what the journeys do not come past.

const smallest = { width: 900, height: 640 };
const conformance = [...wcag, 'best-practice'];

let gallery: Gallery;
// One gallery for all of them: it takes longer to build than most tests take with it.
test.describe.configure({ mode: 'default', timeout: 300_000 });
// A recording of some hundred screens costs more than looking at them.
test.use({ trace: 'off' });
test.beforeAll(async () => {
  gallery = await openGallery();
});
test.afterAll(async () => {
  await gallery.close();
});

/** A page that remembers what went wrong in it, policy violations included. */
async function newPage(): Promise<{ page: Page; complaints: string[] }> {
  const context = await gallery.browser.newContext({
    viewport: smallest,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

async function inScenes(
  scenes: readonly string[],
  look: Look,
  check: (page: Page, scene: string) => Promise<void>,
) {
  const { page, complaints } = await newPage();
  for (const scene of scenes) {
    await gallery.turnTo(page, scene, look);
    await check(page, scene);
    expect.soft(complaints.splice(0), `${scene} complained`).toEqual([]);
  }
  await page.context().close();
}

async function expectNothingSideways(page: Page, scene: string): Promise<void> {
  const overflowing = await page.evaluate(() =>
    [...document.querySelectorAll('main, dialog, button, label, .card, .banner')]
      .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
      .map(({ className, textContent }) => `${className}: ${textContent.slice(0, 40)}`),
  );
  expect.soft(overflowing, `${scene} is wider than its place`).toEqual([]);
}

const everyThird = (from = 0) => gallery.scenes.filter((_scene, index) => index % 3 === from);
const otherThan = (some: readonly string[]) =>
  gallery.scenes.filter((scene) => !some.includes(scene));

async function expectContrast(page: Page, scene: string): Promise<void> {
  const dark = await problemsOf(page, { type: 'rule', values: ['color-contrast'] });
  expect.soft(dark, `${scene}, dark`).toEqual([]);
}

/** What approvals show is signed by people: all of it, and every other of the rest. */
const firstLooked = () =>
  gallery.scenes.filter((scene, index) => index % 2 === 0 || scene.includes('approv'));

async function expectAccessible(page: Page, scene: string): Promise<void> {
  expect.soft(await problemsOf(page, { type: 'tag', values: conformance }), scene).toEqual([]);
}

test('screens are accessible, and every third keeps its contrast in the dark', async () => {
  expect(gallery.scenes.length).toBeGreaterThan(60);
  const inTheDark = everyThird();
  await inScenes(firstLooked(), { theme: 'light' }, async (page, scene) => {
    await expectAccessible(page, scene);
    if (!inTheDark.includes(scene)) return;
    await page.evaluate(() => (document.documentElement.dataset['theme'] = 'dark'));
    await expectContrast(page, scene);
  });
});

test('the other screens are accessible', { tag: '@deep' }, async () => {
  await inScenes(otherThan(firstLooked()), { theme: 'light' }, expectAccessible);
});

test('the other screens keep their contrast in the dark', { tag: '@deep' }, async () => {
  const seen = everyThird().filter((scene) => firstLooked().includes(scene));
  await inScenes(otherThan(seen), { theme: 'dark' }, expectContrast);
});

// Longer words, below, need more room still.
test('every screen has room for German words', { tag: '@deep' }, async () => {
  await inScenes(gallery.scenes, { language: 'de' }, expectNothingSideways);
});

const longer = { language: 'pseudo', direction: 'rtl' } as const;

test('every third screen has room for longer words, from right to left too', async () => {
  await inScenes(everyThird(1), longer, expectNothingSideways);
});

test('the other screens have room for longer words', { tag: '@deep' }, async () => {
  await inScenes(otherThan(everyThird(1)), longer, expectNothingSideways);
});

test('a wrong code empties the field, keeps the focus there and says how many tries are left', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'prove-refused');
  const code = page.getByRole('textbox', { name: 'Code from your authenticator app' });
  await expect(code).toBeFocused();
  await page.keyboard.type('287 082');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('2 tries left');
  await expect(code).toHaveValue('');
  await expect(code).toBeFocused();
  expect(await callsOf(page, 'enrollment/answer')).toEqual([
    {
      enrollmentId: 'e-1',
      challengeId: 'https://ca.northlight.example/acme/chall/7',
      answer: { by: 'code', otp: '287082' },
    },
  ]);
});

test('a code that cannot be right is not sent', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'prove-short');
  await expect(page.getByRole('alert')).toContainText('The code has 6 digits.');
  expect(await callsOf(page, 'enrollment/answer')).toEqual([]);
});

test('nothing is sent while one has to wait', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'prove-throttled');
  await expect(page.getByText('You can try again in 4 mins, 48 secs.')).toBeVisible();
  await page.keyboard.type('287082');
  await page.keyboard.press('Enter');
  expect(await callsOf(page, 'enrollment/answer')).toEqual([]);
  await expect(page.getByRole('textbox')).toHaveValue('287082');
});

test('a record is copied part by part, and looked for when it is said to be published', async () => {
  const { page } = await newPage();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await gallery.show(page, 'prove-record');
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: 'Copy the name' }).click();
  await expect(page.getByText('Copied')).not.toHaveCount(0);
  expect(await clipboard()).toBe('_acme-challenge.intranet.northlight.example');
  await page.getByRole('button', { name: 'Copy the value' }).click();
  await expect.poll(clipboard).toBe('gfj9Xq6Lp2bWm3kY7cZ0aT5sR8vU1nE4hD-oJ_iKxQw');
  await page.getByRole('button', { name: 'I have published it' }).click();
  const challengeId = 'https://ca.northlight.example/acme/chall/10';
  expect(await callsOf(page, 'enrollment/answer')).toEqual([
    { enrollmentId: 'e-1', challengeId, answer: { by: 'record', unseen: false } },
  ]);
});

test('the record that a domain lacks is copied as a zone file has it', async () => {
  const { page } = await newPage();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await gallery.show(page, 'progress-caa');
  const cause = page.getByRole('alert').filter({ hasText: 'does not permit this credential yet' });
  await expect(cause).toContainText('The CAA records of northlight.example say who may issue');
  await page.getByRole('button', { name: 'Copy the record' }).click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe('northlight.example. CAA 0 issue "ca.northlight.example"');
  await gallery.show(page, 'progress-caa-critical');
  await expect(page.getByRole('alert')).toContainText('whether that record can go');
  await expect(page.getByRole('button', { name: 'Copy the record' })).toHaveCount(0);
});

test('the CA is asked unseen only where no name server answers', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'prove-record-nothing');
  await expect(page.getByRole('alert')).toContainText('The record is not there yet');
  const trust = page.getByRole('button', { name: 'Let ca.northlight.example look' });
  await expect(trust).toHaveCount(0);
  await gallery.show(page, 'prove-record-unknown');
  await trust.click();
  expect(await callsOf(page, 'enrollment/answer')).toMatchObject([
    { answer: { by: 'record', unseen: true } },
  ]);
});

test('the focus goes to the heading of a screen that comes up', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'home');
  await expect(page.getByRole('heading', { level: 1, name: 'Everything is fine' })).toBeFocused();
  await page.getByRole('button', { name: 'Wi-Fi and VPN' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Wi-Fi and VPN' })).toBeFocused();
  await page.getByRole('button', { name: 'Countersign: overview' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Everything is fine' })).toBeFocused();
});

test('Escape closes a dialog and gives the focus back', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'home');
  const settings = page.getByRole('button', { name: 'Settings' });
  await settings.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(settings).toBeFocused();
});

test('nothing is accepted before the words were compared', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'organization-compare');
  await page.keyboard.press('Enter');
  expect(await callsOf(page, 'organization/accept')).toEqual([]);
  await page.getByRole('button', { name: 'The words match' }).click();
  expect(await callsOf(page, 'organization/accept')).toEqual([
    { previewId: 'preview-northlight', wordsMatch: true, replaceInvitation: false },
  ]);
});

test('no invitation takes the place of another before the person has chosen', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'organization-replaces');
  const goOn = page.getByRole('button', { name: 'Continue' });
  // Off, but still within reach of the keyboard.
  await goOn.focus();
  await page.keyboard.press('Enter');
  expect(await callsOf(page, 'organization/accept')).toEqual([]);
  await page.getByRole('radio', { name: 'This new one' }).check();
  await goOn.click();
  expect(await callsOf(page, 'organization/accept')).toEqual([
    { previewId: 'preview-northlight', wordsMatch: false, replaceInvitation: true },
  ]);
});

test('what a link from outside asks for happens when the person agrees', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'organization-asking-link');
  await expect(page.getByText('northlight.example:8443')).toBeVisible();
  expect(await callsOf(page, 'organization/openAsked')).toEqual([]);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  expect(await callsOf(page, 'organization/openAsked')).toEqual([{}]);
});

test('an organisation is left only after the question', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'home-leave');
  expect(await callsOf(page, 'organization/leave')).toEqual([]);
  const question = page.getByRole('dialog', { name: 'Leave Northlight Shipyards?' });
  await question.getByRole('button', { name: 'Leave' }).click();
  expect(await callsOf(page, 'organization/leave')).toEqual([{ organizationId: 'northlight' }]);
});

test('a link that is dropped anywhere is opened', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'home');
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.setData('text/uri-list', 'countersign://join?from=https://northlight.example/');
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }),
    );
  });
  expect(await callsOf(page, 'organization/openLink')).toEqual([
    { link: 'countersign://join?from=https://northlight.example/' },
  ]);
});

test('ten thousand credentials are a list of which only a part is built', async () => {
  const { page } = await newPage();
  await gallery.show(page, 'home-many');
  const items = page.getByRole('listitem');
  await expect(items.first()).toHaveAttribute('aria-setsize', '10000');
  expect(await items.count()).toBeLessThan(150);
  await page.getByRole('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
  await expect(page.getByText('person-09999@northlight.example')).toBeVisible();
  expect(await items.count()).toBeLessThan(150);
  await page.getByRole('searchbox', { name: 'Find' }).fill('person-04711');
  await expect(page.getByText('person-04711@northlight.example')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: '1 of 10,000' })).toBeVisible();
});

testApprovals({ gallery: () => gallery, newPage, callsOf });
testProving({ gallery: () => gallery, newPage, callsOf });
testTokens({ gallery: () => gallery, newPage, callsOf });
testUses({ gallery: () => gallery, newPage, callsOf });

interface Call {
  readonly entry: string;
  readonly request: unknown;
}

/** What the screen asked of main. */
async function callsOf(page: Page, entry: string): Promise<readonly unknown[]> {
  const calls: readonly Call[] = await page.evaluate('gallery.calls');
  return calls.filter((call) => call.entry === entry).map(({ request }) => request);
}
