import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

type RunOptions = Parameters<AxeBuilder['options']>[0];
type RunOnly = NonNullable<RunOptions['runOnly']>;
type Problems = Pick<Awaited<ReturnType<AxeBuilder['analyze']>>, 'violations'>;

declare global {
  interface Window {
    /** Once somebody has looked at the page. */
    readonly axe?: { readonly run: (page: Document, options: RunOptions) => Promise<Problems> };
  }
}

/** WCAG 2.2, levels A and AA. */
export const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe has to complain of. */
export async function problemsOf(page: Page, runOnly: RunOnly): Promise<readonly string[]> {
  // Colours that fade in are no colours yet.
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  const options: RunOptions = { runOnly, resultTypes: ['violations'], selectors: false };
  // axe by itself needs half of the time; its 1.5 MB come into a page with the first look at it.
  const again = await page.evaluate(async (told) => {
    const { violations } = (await window.axe?.run(document, told)) ?? {};
    return violations?.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) }));
  }, options);
  const violations = again ?? (await firstLook(page, options)).violations;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const firstLook = (page: Page, options: RunOptions): Promise<Problems> =>
  new AxeBuilder({ page })
    // A page of its own would be opened for iframes: there are none, and the wallet lets nobody open pages.
    .setLegacyMode()
    .options(options)
    .analyze();
