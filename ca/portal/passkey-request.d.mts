/** What the page does: uses a passkey, or makes one. */
export type PasskeyRequest = {
  readonly kind: 'use' | 'create';
  readonly options: Readonly<Record<string, unknown>>;
  readonly code: string;
  readonly state: string | undefined;
  /** `window`, or an address on the loopback. */
  readonly returnTo: string;
};

export function readRequest(fragment: string, host: string): PasskeyRequest | undefined;
