import type { EnrollmentState } from '../enrollment-state.ts';
import type { Failure } from '../failure.ts';
import type { ApprovalsView } from './approval.ts';
import type { CredentialSummary, InstallTargetId, InterruptedInstall } from './credential.ts';
import type { Organization, PreviewState } from './organization.ts';
import type { TokensView } from './token.ts';

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export interface Settings {
  /** `system`: the best match of the operating system's languages. */
  readonly language: Language | 'system';
  readonly theme: Theme;
}

/** Everything the renderer may know, except the enrolments, which change far more often. */
export interface WalletSnapshot {
  readonly version: string;
  readonly settings: Settings;
  /** BCP 47 tag for words, dates and numbers. */
  readonly locale: string;
  readonly secretStore:
    { readonly status: 'ready' } | { readonly status: 'unavailable'; readonly failure: Failure };
  /** True when the program that started the wallet handed over a Local CA. */
  readonly localCaOffered: boolean;
  /** Where credentials can be put on this computer. */
  readonly installTargets: readonly InstallTargetId[];
  /** The operating system keeps keys here that cannot be copied. */
  readonly osKeysOffered?: boolean;
  /** What this computer is called, for offers that name it to the organisation. */
  readonly deviceName: string;
  readonly preview: PreviewState | null;
  readonly organizations: readonly Organization[];
  readonly credentials: readonly CredentialSummary[];
  /** What became of them, until the person has read it. */
  readonly interruptedInstalls: readonly InterruptedInstall[];
}

export interface InitialState {
  readonly wallet: WalletSnapshot;
  readonly enrollments: readonly EnrollmentState[];
  readonly tokens: TokensView;
  readonly approvals: ApprovalsView;
}
