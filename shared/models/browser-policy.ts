/** Browsers that can be told which certificate to show, by a file that only administrators may write. */
export const policyBrowsers = ['chromium', 'chrome', 'edge', 'firefox'] as const;
export type PolicyBrowser = (typeof policyBrowsers)[number];

/** What it takes for one browser to show the credential without a question, and whether that is so. */
export interface BrowserPolicyView {
  readonly browser: PolicyBrowser;
  readonly state: 'absent' | 'present' | 'outdated';
  /** Pages for which it holds, as origins. */
  readonly sites: readonly string[];
  /** The browser knows no list of pages: it holds for all others too that ask for a certificate. */
  readonly everySite?: boolean;
  /** The file that has the say: ours, or one that somebody else wrote. */
  readonly path: string;
  /** The whole file. */
  readonly content: string;
  /** What an administrator types to put it there. */
  readonly command: string;
  /** Whether the wallet can do it, having asked for an administrator's password where it takes one. */
  readonly isOffered: boolean;
}
