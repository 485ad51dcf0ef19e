import { z } from 'zod';
import { displayText } from './text.ts';

/** UTF-8 octets (RFC 3629 §3); a half of a character counts as the mark that an encoder puts in its place. */
function octets(text: string): number {
  let count = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    count += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return count;
}

/** 1 to 32 octets (IEEE 802.11-2020 §9.4.2.2), those only that can be shown. */
export const ssid = displayText(32).refine((text) => octets(text) <= 32, 'has more than 32 octets');

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
// RFC 1123 §2.1: the last one is alphabetic, which tells a name from an address.
const domain = `(?:${label}\\.)+(?=[a-z])${label}`;
/** A host as RFC 1123 §2.1 spells it, in lower case, of two labels at least. */
export const hostName = z
  .string()
  .max(253)
  .regex(new RegExp(`^${domain}$`));

/**
 * What is said in clear before a server has shown who it is (RFC 7542 §2.4, RFC 9190 §2.1.4): a realm, and nobody's name.
 */
export const outerIdentity = z
  .string()
  .max(253)
  .regex(new RegExp(`^(?:anonymous)?@${domain}$`));

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);

/** What a computer must be told of a network before it shows it a certificate by EAP-TLS (RFC 5216, RFC 9190). */
export const networkMembers = {
  /** Wi-Fi networks by their names. */
  ssids: z.array(ssid).max(8).default([]),
  /** Sockets in the wall that ask for it too (IEEE 802.1X). */
  wired: z.boolean().default(false),
  /** The server's certificate names one of them; without, any server of those roots could take the place of the network's. */
  serverNames: z.array(hostName).min(1).max(8),
  /** DER certificates. They alone vouch for the server. */
  serverRoots: z.array(base64.max(12_000)).min(1).max(8),
  outerIdentity,
} as const;

export interface NetworkDescription {
  /** Made of all the rest: another description is another network. */
  readonly id: string;
  readonly name: string;
  /** Who describes it: the organisation that issued the credential, or a file that the person opened. */
  readonly source: 'organization' | 'file';
  readonly ssids: readonly string[];
  readonly wired: boolean;
  readonly serverNames: readonly string[];
  /** Base64 DER. */
  readonly serverRoots: readonly string[];
  readonly outerIdentity: string;
}

/** A network as the person sees it. */
export interface NetworkView extends Omit<NetworkDescription, 'serverRoots'> {
  /** For each root its name and its SHA-256, hex. */
  readonly serverRoots: readonly { readonly name: string; readonly sha256: string }[];
}

/** Why a file does not describe a network that could be joined. */
export const networkFileFaults = [
  'unreadable',
  // Its networks want passwords.
  'no-eap-tls',
  // It does not say which server is the right one.
  'not-pinned',
  'no-network',
  // It does not say where the person is from.
  'no-realm',
  'expired',
] as const;
export type NetworkFileFault = (typeof networkFileFaults)[number];
