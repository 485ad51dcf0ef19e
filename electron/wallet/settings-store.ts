import type { Settings } from '../../shared/models/wallet.ts';

export interface SettingsStore {
  read(): Settings;
  /** Keeps what is not named. */
  change(settings: Partial<Settings>): Settings;
}
