import { posix } from 'node:path';
import type { OwnConnection, WirelessConnection } from './network-manager-connections.ts';
import type { NetworkManagerConnection } from './network-manager-settings.ts';

export interface KnownConnections {
  /** Of the credential itself, from an earlier time. */
  readonly before: readonly OwnConnection[];
  /** Of all credentials of the wallet. */
  readonly own: readonly OwnConnection[];
  /** All that join networks in the air, whoever made them. */
  readonly wireless: readonly WirelessConnection[];
}

type Wanted = Pick<NetworkManagerConnection, 'uuid' | 'medium' | 'rootsFile'>;

/** nm-settings(5) has −999 to 999. */
const [least, most] = [-999, 900];
/** How many credentials can follow each other below somebody else's network. */
const room = 9;

/**
 * Of two credentials for one network the newer is taken, until the older goes. Whoever describes a network says nothing by that about
 * others: above 0 it would be joined before the person's own, and one that is called as somebody else's is joined after that.
 */
export function priorityOf(wanted: Wanted, { before, own, wireless }: KnownConnections): number {
  const known = before.find(({ uuid }) => uuid === wanted.uuid);
  if (known) return known.priority;
  // Of the credential’s own those that are not wanted any more go.
  const isLeft = (each: WirelessConnection) => !before.some(({ uuid }) => uuid === each.uuid);
  const alike = own.filter((each) => leadsInto(each, wanted) && isLeft(each));
  const same = alike.filter(({ rootsFile }) => rootsIn(rootsFile) === rootsIn(wanted.rootsFile));
  const others = [
    ...alike,
    ...wireless.filter((each) => isCalled(each, wanted) && isLeft(each)),
  ].filter(({ uuid }) => !same.some((each) => each.uuid === uuid));
  const highest = others.length === 0 ? most : Math.min(...prioritiesOf(others)) - 1;
  const lowest = others.length === 0 ? 0 : highest - room;
  const next = Math.max(lowest, ...prioritiesOf(same).map((each) => each + 1));
  return Math.max(least, Math.min(next, highest));
}

const prioritiesOf = (connections: readonly { readonly priority: number }[]) =>
  connections.map(({ priority }) => priority);

/** Its name says which roots are in it. */
const rootsIn = (rootsFile: string): string => posix.basename(rootsFile);

const isCalled = ({ ssid }: { readonly ssid: string }, { medium }: Wanted): boolean =>
  medium.kind === 'wifi' && ssid === medium.ssid;

const leadsInto = (connection: OwnConnection, wanted: Wanted): boolean =>
  wanted.medium.kind === 'wifi'
    ? isCalled(connection, wanted)
    : connection.type === '802-3-ethernet';
