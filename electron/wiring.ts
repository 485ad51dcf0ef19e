import type { EnrollmentState } from '../shared/enrollment-state.ts';
import type { Failure } from '../shared/failure.ts';
import type { Handlers, Notifier } from '../shared/ipc-contract.ts';
import type { Settings, Theme } from '../shared/models/wallet.ts';
import type { ExportedCredential } from './credentials/export.ts';
import type { House } from './house.ts';
import { handlersFor } from './ipc/handlers/handlers.ts';
import { SecretStoreWatch } from './ipc/secret-store-watch.ts';
import { walletSnapshot } from './ipc/snapshot.ts';

/** What the house needs of the desktop it stands on. */
export interface Desktop {
  readonly version: string;
  readonly localCaOffered: boolean;
  /** BCP 47 tags, the preferred first. */
  readonly systemLanguages: () => readonly string[];
  readonly notifier: Notifier;
  readonly applyTheme: (theme: Theme) => void;
  readonly chooseProfileFile: () => Promise<string | null>;
  readonly save: (exported: ExportedCredential) => Promise<boolean>;
  readonly openExternal: (url: string) => Promise<void>;
  readonly toFailure: (error: unknown) => Failure;
  readonly report: (doing: string, error: unknown) => void;
}

/** Connects the rooms with the page: requests go in, changes go out, and what was interrupted goes on. */
export function wire(house: House, desktop: Desktop): Handlers {
  const { wallet, organizations, previews, enrollments, credentials } = house;
  const { installTargets, deviceName } = house;
  const { version, localCaOffered, systemLanguages, notifier, toFailure } = desktop;
  const changed = afterwards(() => {
    if (!house.closing.aborted) notifier.wallet.changed(snapshot());
  }, desktop.report);
  const secretStore = new SecretStoreWatch({ probe: house.checkSecretStore, toFailure, changed });
  const { settings } = wallet;
  const facts = { version, localCaOffered, installTargets, deviceName, systemLanguages };
  const sources = { ...facts, settings, secretStore, toFailure };
  const snapshot = () => walletSnapshot({ ...sources, previews, organizations, credentials });

  // First of all what may throw: a failed attempt leaves no listener behind.
  desktop.applyTheme(settings.read().theme);
  previews.subscribe(changed);
  credentials.subscribe(changed);
  enrollments.subscribe((state) => {
    notifier.enrollment.changed(state);
    if (touchesCredentials(state)) changed();
  });
  const changeSettings = (wanted: Partial<Settings>): void => {
    desktop.applyTheme(settings.change(wanted).theme);
    changed();
  };
  const leave = (organizationId: string): void => {
    enrollments.leave(organizationId);
    changed();
  };
  void secretStore.check().then(() => {
    if (!house.closing.aborted) enrollments.resumeAll();
  });

  return handlersFor({
    wallet: { snapshot, enrollments, changeSettings, secretStore },
    organization: { ...desktop, previews, organizations, leave },
    enrollment: enrollments,
    credential: { credentials, save: desktop.save },
  });
}

function touchesCredentials({ step }: EnrollmentState): boolean {
  return step === 'installing' || step === 'done';
}

/** Runs `work` once after everything that asked for it in the same turn. */
function afterwards(work: () => void, report: Desktop['report']): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      try {
        work();
      } catch (error) {
        report('telling the page what changed', error);
      }
    });
  };
}
