import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { Failure, Result } from '../../shared/failure.ts';
import type { ApprovalsView } from '../../shared/models/approval.ts';
import type { TokensView } from '../../shared/models/token.ts';
import type { InitialState, WalletSnapshot } from '../../shared/models/wallet.ts';
import type { Place } from '../navigation.ts';
import { northlight } from '../testing/organizations.ts';
import { wifiCredential } from '../testing/credentials.ts';
import type { Replies } from '../testing/fake-wallet.ts';
import type { MessageId } from '../words.ts';

/** One screen in one state, and how to get there. */
export interface Scene {
  readonly state: InitialState;
  readonly start: Place;
  readonly replies: Replies;
  /** What is done on the screen before it is looked at. */
  readonly acts: readonly Act[];
}

export type Act =
  | { readonly press: MessageId }
  | { readonly fill: MessageId; readonly text: string }
  /** A radio button by its name. */
  | { readonly choose: MessageId }
  /** All disclosures. */
  | { readonly open: 'details' }
  /** `through`: with nothing on the way left out. */
  | { readonly scroll: 'end' | 'through' }
  /** A file is held over the window. */
  | { readonly drag: 'over' };

const wallet: WalletSnapshot = {
  version: '0.1.0',
  settings: { language: 'system', theme: 'system' },
  locale: 'en-GB',
  secretStore: { status: 'ready' },
  localCaOffered: false,
  installTargets: ['nss'],
  deviceName: 'gannet',
  preview: null,
  organizations: [northlight],
  credentials: [wifiCredential],
  interruptedInstalls: [],
};

/** As the page finds it before anybody has looked. */
const noTokens: TokensView = { status: 'not-looked', modules: [], pinQuestion: null };

const noApprovals: ApprovalsView = {
  ...{ status: 'none', organizations: [], requests: [], receipts: [], failures: [] },
  ...{ unopened: [], asked: null, linkFailure: null },
};

interface SceneParts {
  readonly approvals?: ApprovalsView;
  readonly wallet?: Partial<WalletSnapshot>;
  readonly enrollments?: readonly EnrollmentState[];
  readonly tokens?: TokensView;
  readonly start?: Place;
  readonly replies?: Replies;
  readonly acts?: readonly Act[];
}

/** A scene that differs from an ordinary day in what is said. */
export function scene(parts: SceneParts): Scene {
  return {
    state: {
      wallet: { ...wallet, ...parts.wallet },
      enrollments: parts.enrollments ?? [],
      tokens: parts.tokens ?? noTokens,
      approvals: parts.approvals ?? noApprovals,
    },
    start: parts.start ?? { at: 'home' },
    replies: {
      ...parts.replies,
      token: { watch: done, ...parts.replies?.token },
      approval: { watch: done, dismissAsked: done, ...parts.replies?.approval },
    },
    acts: parts.acts ?? [],
  };
}

const done = () => Promise.resolve({ ok: true as const, value: undefined });

/** A wallet that nobody has used yet. */
export const unused = { organizations: [], credentials: [] } as const;

export const never = <T>(): Promise<Result<T>> => new Promise(() => undefined);
export const refusal = (failure: Failure) => () => Promise.resolve({ ok: false as const, failure });
