import type { State } from './state.ts';
import { newId } from './state/rows.ts';
import type { Urls } from './urls.ts';

/** The terms of service, their versions, and the pages on which a person agrees to them for an account. */
export type Terms = {
  version(): string;
  url(): string;
  /** From here on, accounts that agreed to another version are asked again (RFC 8555 §7.3.3). */
  change(version: string): void;
  agreementUrl(accountId: string): string;
  /** Whose agreement a page is about. Its id is given to that account only. */
  accountOf(agreementId: string): string | undefined;
};

const FIRST_VERSION = '1';
const SETTING = 'termsVersion';

export function createTerms({ urls, state }: { urls: Urls; state: State }): Terms {
  const accounts = new Map<string, string>();
  const agreements = new Map<string, string>();
  const version = (): string => state.settings.get(SETTING) ?? FIRST_VERSION;
  return {
    version,
    url() {
      const url = urls.to('terms');
      return version() === FIRST_VERSION ? url : `${url}?version=${encodeURIComponent(version())}`;
    },
    change: (next) => state.settings.set(SETTING, next),
    agreementUrl(accountId) {
      const known = agreements.get(accountId);
      const id = known ?? newId();
      agreements.set(accountId, id);
      accounts.set(id, accountId);
      return urls.to('agreement', id);
    },
    accountOf: (agreementId) => accounts.get(agreementId),
  };
}
