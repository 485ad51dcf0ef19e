import type { EnrollmentState } from '../../../shared/enrollment-state.ts';
import type { Handlers } from '../../../shared/ipc-contract.ts';
import type { ApprovalsView } from '../../../shared/models/approval.ts';
import type { TokensView } from '../../../shared/models/token.ts';
import type { Settings, WalletSnapshot } from '../../../shared/models/wallet.ts';
import { withoutUndefined } from './without-undefined.ts';

export interface WalletRoom {
  readonly snapshot: () => WalletSnapshot;
  readonly tokens: () => TokensView;
  readonly approvals: () => ApprovalsView;
  readonly enrollments: { states(): readonly EnrollmentState[] };
  readonly changeSettings: (settings: Partial<Settings>) => void;
  readonly secretStore: { check(): Promise<void> };
}

export function walletHandlers(room: WalletRoom) {
  const { snapshot, tokens, approvals, enrollments, changeSettings, secretStore } = room;
  return {
    async initial() {
      return Promise.resolve({
        wallet: snapshot(),
        enrollments: enrollments.states(),
        tokens: tokens(),
        approvals: approvals(),
      });
    },
    async changeSettings(request) {
      changeSettings(withoutUndefined(request));
      return Promise.resolve(undefined);
    },
    async retrySecretStore() {
      await secretStore.check();
    },
  } satisfies Handlers['wallet'];
}
