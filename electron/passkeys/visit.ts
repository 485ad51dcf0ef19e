import type { CreationOptions, RequestOptions } from './ceremony.ts';

/** What is to be done with a passkey at a page, as that page learns it. */
export type CeremonyTask =
  | (TaskFacts & { readonly kind: 'assert'; readonly publicKey: RequestOptions })
  | (TaskFacts & { readonly kind: 'register'; readonly publicKey: CreationOptions });

interface TaskFacts {
  /** Of the account key's thumbprint, for the person to compare. */
  readonly code: string;
  /** Comes back with the answer. */
  readonly state: string;
  readonly caHost: string;
}

/** A ceremony in a window of the wallet's own. */
export interface Visit {
  readonly organizationId: string;
  /** Of the CA. */
  readonly origin: string;
  /** Of the CA, with the task in its fragment; undefined: the wallet's own page at that origin. */
  readonly page: string | undefined;
  readonly task: CeremonyTask;
}

/**
 * Shows a visit to the person and resolves to whatever the page handed over, not looked at yet. Rejects with
 * `PasskeyError`, and with the signal's reason, once nothing of the visit is left.
 */
export type HoldVisit = (visit: Visit, signal: AbortSignal) => Promise<unknown>;

/**
 * The address of a CA's page with the task in its fragment, which no server sees (docs/wire-profile.md §4.1).
 * `answerTo`: where the page hands the answer over.
 */
export function pageWithTask(page: string, task: CeremonyTask, answerTo: string): string {
  const { publicKey, code, state } = task;
  const request = Buffer.from(JSON.stringify({ publicKey, code, state })).toString('base64url');
  const url = new URL(page);
  url.hash = new URLSearchParams({ request, return: answerTo }).toString();
  return url.href;
}
