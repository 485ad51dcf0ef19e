import type { KeystoreFault } from './secret-store.ts';

/**
 * How `@napi-rs/keyring` 2.1 words its failures on Linux; the first prefix that fits counts.
 * Everything else is `denied`: the store is there and did not do what was asked.
 */
const wordings: readonly (readonly [prefix: string, fault: KeystoreFault])[] = [
  ["Couldn't access platform storage: Secret Service: unlock prompt was dismissed", 'locked'],
  ["Couldn't access platform storage: Secret Service: object locked", 'locked'],
  // There is a provider, but no default collection in which anything could be kept.
  ["Couldn't access platform storage: Secret Service: no result found", 'absent'],
  ["Couldn't access platform storage: Secret Service: No DBus session", 'absent'],
  ['Platform failure: DBus error: The name org.freedesktop.secrets was not provided', 'absent'],
  ['Platform failure: DBus error: Using X11 for dbus-daemon autolaunch', 'absent'],
  ['Platform failure: DBus error: Cannot autolaunch D-Bus', 'absent'],
  ['Platform failure: DBus error: Unable to autolaunch', 'absent'],
  ['Platform failure: DBus error: Failed to connect to socket', 'absent'],
  ['Platform failure: DBus error: Address does not contain', 'absent'],
  // Two items by our name: which of them is ours cannot be known.
  ['Entry is matched by', 'damaged'],
];

/**
 * Which fault an error of the library is. The only place in the wallet that goes by the text of a message:
 * the library gives all its errors the one code `GenericFailure`.
 */
export function secretServiceFault(error: unknown): KeystoreFault {
  if (!(error instanceof Error)) return 'denied';
  // The native binding for this machine was not installed.
  if ('code' in error && error.code !== 'GenericFailure') return 'absent';
  const known = wordings.find(([prefix]) => error.message.startsWith(prefix));
  return known ? known[1] : 'denied';
}
