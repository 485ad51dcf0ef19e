import { startLocalCa } from '../ca/portal/local-ca.ts';
import { expect, person, test } from './journey.ts';

test(
  'A profile that has expired is refused, with whom to ask',
  { tag: '@deep' },
  async ({ stage }) => {
    const twoYearsAgo = new Date(Date.now() - 2 * 365 * 24 * 60 * 60 * 1000);
    const old = await startLocalCa({ demoPerson: true, clock: () => twoYearsAgo });
    try {
      const { page, screens } = await stage.open({ withLocalCa: false });
      await screens.welcome.openLink(old.invite(person));
      await expect(screens.organization.refusal).toBeVisible();
      await expect(page.getByText('This is not valid any more')).toBeVisible();
      await expect(page.getByText('Who can help')).toBeVisible();
      expect(old.ca.requestLog.count({ resource: 'newAccount' })).toBe(0);
    } finally {
      await old.ca.stop();
    }
  },
);
