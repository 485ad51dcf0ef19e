import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright';

/** The system's Chromium, with more for its command line. */
export const openChromium = (...parameters: readonly string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      // Pages that it loads for the address bar of every window: half of what a new one costs.
      '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup',
      ...parameters,
    ],
  });

/** What axe has to complain of; by all rules when none are named. */
export async function violationsOf(page: Page, rules?: string[]): Promise<readonly unknown[]> {
  const { violations } = await new AxeBuilder({ page })
    // A page of its own would be opened for frames: there are none.
    .setLegacyMode()
    .options({
      ...(rules && { runOnly: { type: 'rule', values: rules } }),
      resultTypes: ['violations'],
      selectors: false,
    })
    .analyze();
  return violations;
}
