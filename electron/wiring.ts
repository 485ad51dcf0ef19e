import type { EnrollmentState } from '../shared/enrollment-state.ts';
import type { Failure } from '../shared/failure.ts';
import type { Handlers, Notifier } from '../shared/ipc-contract.ts';
import type { Settings, Theme } from '../shared/models/wallet.ts';
import { isApprovalLink } from './approvals/approval-link.ts';
import { noticeOf, type Notice } from './approvals/news-words.ts';
import type { ExportedCredential } from './credentials/export.ts';
import type { AccountKeyMove } from './enrollment/move-account-key.ts';
import type { House } from './house.ts';
import { bestLocale } from './ipc/locale.ts';
import { handlersFor } from './ipc/handlers/handlers.ts';
import { SecretStoreWatch } from './ipc/secret-store-watch.ts';
import { walletSnapshot } from './ipc/snapshot.ts';
import { tokensView } from './ipc/tokens-view.ts';
import { together } from './ipc/together.ts';
import { dropLostQuestions } from './keys/lost-questions.ts';
import type { DocumentDialogs } from './signing/chosen-document.ts';

/** What the house needs of the desktop it stands on. */
export interface Desktop extends DocumentDialogs {
  readonly version: string;
  readonly localCaOffered: boolean;
  /** BCP 47 tags, the preferred first. */
  readonly systemLanguages: () => readonly string[];
  readonly notifier: Notifier;
  readonly applyTheme: (theme: Theme) => void;
  readonly chooseProfileFile: () => Promise<string | null>;
  readonly chooseModule: () => Promise<string | null>;
  readonly chooseNetworkFile: () => Promise<string | null>;
  readonly save: (exported: ExportedCredential) => Promise<boolean>;
  readonly openExternal: (url: string) => Promise<void>;
  /** Shows something beside all windows, by which the person comes back here. */
  readonly notify: (notice: Notice) => void;
  readonly toFailure: (error: unknown) => Failure;
  readonly report: (doing: string, error: unknown) => void;
}

/** Connects the rooms with the page: requests go in, changes go out, and what was interrupted goes on. */
export function wire(house: House, desktop: Desktop): Handlers {
  const { wallet, organizations, previews, enrollments, credentials } = house;
  const { tokens, tokenCare, pinDesk } = house;
  const { changed, tokensChanged, snapshot, viewTokens, secretStore } = newsFor(house, desktop);

  // First of all what may throw: a failed attempt leaves no listener behind.
  desktop.applyTheme(wallet.settings.read().theme);
  listen(house, desktop.notifier, { changed, tokensChanged });
  tellOfRequests(house, desktop);
  const changeSettings = (wanted: Partial<Settings>): void => {
    desktop.applyTheme(wallet.settings.change(wanted).theme);
    changed();
  };
  const leave = async (organizationId: string): Promise<void> => {
    await enrollments.leave(organizationId);
    changed();
  };
  const moveAccountKey = async (move: AccountKeyMove): Promise<void> => {
    try {
      await enrollments.moveAccountKey(move);
    } finally {
      changed();
      tokensChanged();
    }
  };
  const checkSecretStore = async (): Promise<void> => {
    await secretStore.check();
    if (secretStore.status.status !== 'ready' || house.closing.aborted) return;
    await house.interrupted.recover();
    changed();
  };
  void checkSecretStore().then(() => {
    if (!house.closing.aborted) enrollments.resumeAll();
  });

  return handlersFor({
    wallet: {
      ...{ snapshot, tokens: viewTokens, approvals: () => house.approvals.view },
      ...{ enrollments, changeSettings },
      secretStore: { check: checkSecretStore },
    },
    organization: {
      ...{ ...desktop, openLink: (link) => openLink(house, link) },
      ...{ previews, organizations, leave, moveAccountKey, registrations: house.registrations },
      authenticator: authenticatorOf(house, changed),
    },
    enrollment: enrollments,
    approval: approvalOf(house, desktop),
    token: { tokens, tokenCare, pinDesk, chooseModule: desktop.chooseModule },
    credential: {
      ...{ credentials, save: desktop.save, ...usesOf(house, desktop) },
      interrupted: {
        dismiss: () => {
          house.interrupted.dismiss();
          changed();
        },
      },
    },
  });
}

function approvalOf({ approvals }: House, { save }: Desktop) {
  const saveReceipt = async (receiptId: string): Promise<boolean> => {
    const suggestedName = `approval-${receiptId.slice(0, 8)}.cms`;
    return save({ data: approvals.receiptFile(receiptId), suggestedName });
  };
  return { approvals, saveReceipt };
}

/** A pasted link is an invitation, or leads to a request. */
async function openLink({ approvals, previews }: House, link: string): Promise<void> {
  if (isApprovalLink(link)) approvals.openLink(link);
  else await previews.openLink(link);
}

function tellOfRequests({ approvals, organizations, wallet }: House, desktop: Desktop): void {
  approvals.onNews(({ organizationId, count }) => {
    const name = organizations.find(organizationId)?.profile.organization.name;
    if (name === undefined) return;
    const locale = bestLocale(wallet.settings.read().language, desktop.systemLanguages());
    const language = locale.startsWith('de') ? 'de' : 'en';
    desktop.notify(noticeOf(language, name, count));
  });
}

interface News {
  readonly changed: () => void;
  readonly tokensChanged: () => void;
}

function listen(house: House, notifier: Notifier, { changed, tokensChanged }: News): void {
  const { previews, credentials, enrollments, approvals, pinDesk, tokens } = house;
  previews.subscribe(changed);
  credentials.subscribe(() => {
    changed();
    tokensChanged();
  });
  enrollments.subscribe((state) => {
    notifier.enrollment.changed(state);
    if (touchesCredentials(state)) changed();
    tokensChanged();
  });
  approvals.subscribe(() => notifier.approval.changed(approvals.view));
  pinDesk.subscribe(tokensChanged);
  tokens.subscribe(() => {
    dropLostQuestions(pinDesk, tokens.modules);
    tokensChanged();
  });
}

/** What the rooms that use credentials ask of the desktop, in the person's place. */
function usesOf(house: House, desktop: Desktop) {
  const { networks, browserPolicies, programs } = house;
  return {
    networks: {
      choose: async (credentialId: string) => {
        const path = await desktop.chooseNetworkFile();
        return path === null ? null : networks.read(credentialId, path);
      },
      use: (credentialId: string, networkId: string) => networks.use(credentialId, networkId),
    },
    ...{ browserPolicies, programs },
    signDocument: (credentialId: string) => house.signDocument(credentialId, desktop),
  };
}

/** The page is told of each change, and of what the managed policy allows as soon as that is known. */
function authenticatorOf({ authenticator, wallet }: House, changed: () => void) {
  void authenticator.refresh().then(changed);
  return {
    keep: async (organizationId: string, text: Uint8Array): Promise<void> => {
      try {
        await authenticator.keep(organizationId, text);
        wallet.activity.append({ event: 'authenticator-kept', organizationId });
      } finally {
        // The policy was read anew: it may have changed.
        changed();
      }
    },
    forget: (organizationId: string): boolean => {
      const wasKept = wallet.transaction(() => {
        const isGone = authenticator.forget(organizationId);
        if (isGone) wallet.activity.append({ event: 'authenticator-forgotten', organizationId });
        return isGone;
      });
      changed();
      return wasKept;
    },
  };
}

/** Milliseconds. Modules tell of each reader and each object by themselves, and there may be hundreds. */
const tokenPace = 40;

/** What the page is told, and how it is told that something changed. */
function newsFor(house: House, desktop: Desktop) {
  const { wallet, organizations, previews, credentials, installTargets, deviceName } = house;
  const { version, localCaOffered, systemLanguages, notifier, toFailure, report } = desktop;
  const { settings, accounts, tokenKeys } = wallet;
  const tellUnlessClosing = (tell: () => void) => () => {
    if (!house.closing.aborted) tell();
  };
  const snapshot = () => walletSnapshot(sources);
  const viewTokens = () => tokensView(house);
  const changed = together(
    tellUnlessClosing(() => notifier.wallet.changed(snapshot())),
    { report },
  );
  const tokensChanged = together(
    tellUnlessClosing(() => notifier.token.changed(viewTokens())),
    { report, pace: tokenPace },
  );
  const secretStore = new SecretStoreWatch({ probe: house.checkSecretStore, toFailure, changed });
  const osKeysOffered = house.keys.osTypes.length > 0;
  const sources = {
    ...{ version, localCaOffered, installTargets, osKeysOffered, deviceName, systemLanguages },
    ...{ settings, secretStore, previews, organizations, credentials, accounts, tokenKeys },
    ...{ authenticator: house.authenticator, toFailure },
    interruptedInstalls: () => house.interrupted.list(),
  };
  return { changed, tokensChanged, snapshot, viewTokens, secretStore };
}

function touchesCredentials({ step }: EnrollmentState): boolean {
  return step === 'installing' || step === 'done';
}
