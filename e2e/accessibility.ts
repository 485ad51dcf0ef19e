import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

type RunOnly = NonNullable<Parameters<AxeBuilder['options']>[0]['runOnly']>;

/** WCAG 2.2, levels A and AA. */
export const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe has to complain of. A page is given its 1.5 MB once, not twice for every look at it. */
export async function problemsOf(page: Page, runOnly: RunOnly): Promise<readonly string[]> {
  // Colours that fade in are no colours yet.
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  const given = await page.evaluate(() => 'axe' in window);
  const { violations } = await new AxeBuilder({ page, ...(given && { axeSource: 'void 0' }) })
    // A page of its own would be opened for iframes: there are none, and the wallet lets nobody open pages.
    .setLegacyMode()
    .options({ runOnly, resultTypes: ['violations'], selectors: false })
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
