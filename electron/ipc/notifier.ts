import type { WebContents } from 'electron';
import { channelName, contract, type Notifier } from '../../shared/ipc-contract.ts';
import type { Entry } from '../../shared/ipc-entry.ts';
import { displayablePayload } from './displayable-payload.ts';

/**
 * Pushes to the page that shows the wallet; without one, notifications are dropped, because a new page asks for
 * the whole state first. No other file uses `webContents.send`.
 */
export function notifierFor(page: () => WebContents | null): Notifier {
  const groups: Record<string, Record<string, (payload: unknown) => void>> = {};
  for (const [group, entries] of Object.entries<Readonly<Record<string, Entry>>>(contract)) {
    const pushes: Record<string, (payload: unknown) => void> = {};
    for (const [entry, { kind }] of Object.entries(entries)) {
      if (kind === 'notify') {
        pushes[entry] = (payload) =>
          page()?.send(channelName(group, entry), displayablePayload(payload));
      }
    }
    groups[group] = pushes;
  }
  // Every notification of the contract is there; notifier.test.ts compares the two.
  return groups as unknown as Notifier;
}
