import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApprovalRegister } from './approvals/register.ts';
import type { Faults, ResourceName } from './fault-kinds.ts';
import type { PasskeyDesk } from './passkeys/passkey-desk.ts';
import type { AnchorMapping, ChallengeAnchor } from './challenges/anchors.ts';
import type { MailSetting } from './mail/mail-server.ts';
import type { CaNetwork } from './network.ts';
import type { Organizations } from './organizations.ts';
import type { People } from './people-types.ts';
import type { Registry } from './registry.ts';
import type { RadiusServer } from './radius/client.ts';
import type { RenewalRules } from './rules.ts';
import type { Ledger } from './state/ledger.ts';

/** Serves a page that is not ACME: the portal's, for one. Nothing is written or parsed before it runs. */
export type PageHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  ca: RunningCa,
) => void | Promise<void>;

export type CaOptions = {
  /** Address to listen on; 127.0.0.1 when not said. */
  readonly host?: string;
  /** 0, or not said: any free port. */
  readonly port?: number;
  readonly probePort?: number;
  /** What every URL starts with; `https://localhost:<port>` when not said. */
  readonly origin?: string;
  /** `memory` when not said: nothing survives `stop()`. */
  readonly state?: { readonly directory: string } | 'memory';
  readonly clock?: () => Date;
  /** True when not said. */
  readonly externalAccountRequired?: boolean;
  /** Where http-01 looks; 80 when not said. */
  readonly httpPort?: number;
  /** Where tls-alpn-01 looks; 443 when not said. */
  readonly tlsPort?: number;
  /** `address:port` of the resolver for all validation; the system's when not said. */
  readonly dnsServer?: string;
  /**
   * Addresses that http-01 and tls-alpn-01 use in place of a look-up, by name. No other name leads them to
   * this computer, unless `host` or `dnsServer` is on its loopback.
   */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Who judges the one-time passwords of those who are registered with it (otp-01). */
  readonly radius?: RadiusServer;
  /** Pauses, in seconds, before a validation query is tried again (RFC 8555 §8.2); 2 and 5 when not said. */
  readonly validationRetrySeconds?: readonly number[];
  /** How long one validation query may take; 10 when not said. */
  readonly validationSeconds?: number;
  /**
   * Whether CAA records are asked before a certificate for DNS names is issued (RFC 8659). When not said,
   * they are if `dnsServer` is.
   */
  readonly caa?: 'checked' | 'off';
  /** How CAA and dns-persist-01 records call this CA, at most 10 names; the host of `origin` when not said. */
  readonly caaIdentities?: readonly string[];
  /** Whether one authorization may cover the names below a name (RFC 9444); true when not said. */
  readonly subdomains?: boolean;
  /** Whether challenges name `/portal/passkey` as the page to use a passkey on; true when not said. */
  readonly webauthnPage?: boolean;
  /** Names of the profiles that are issued; all when not said. */
  readonly profiles?: readonly string[];
  /** How many orders an account may place in an hour; without limit when not said. */
  readonly newOrdersPerHour?: number;
  /** When certificates are to be renewed (RFC 9773): between 2/3 and 3/4 of their life when not said. */
  readonly renewal?: Partial<RenewalRules>;
  /** Page size of an account's list of orders; 50 when not said. */
  readonly ordersPerPage?: number;
  /** Other people's CAs whose certificates prove who somebody is (`cert-01`); none when not said. */
  readonly challengeAnchors?: readonly ChallengeAnchor[];
  /** What the offer `wifi-vpn` leads to; no network when not said. */
  readonly network?: CaNetwork;
  /** Who is to send mails about approvals; nobody is mailed when not said. */
  readonly mail?: MailSetting;
  /** Registers Alex Demo, alex@example.test, unless registered already. */
  readonly demoPerson?: boolean;
  /** Path of the terms of service; a page of the CA's own when not said. */
  readonly termsPath?: string;
  /** Receives one line per request and per background event; never a secret. */
  readonly log?: (line: string) => void;
  /** Handlers by path prefix; the longest prefix that matches wins. ACME's own paths come first. */
  readonly pages?: Readonly<Record<string, PageHandler>>;
};

export type RequestLogEntry = {
  readonly method: string;
  readonly resource: ResourceName;
  readonly path: string;
  /** 0 when the connection was dropped without an answer. */
  readonly status: number;
  readonly milliseconds: number;
};

/** What was asked of the server, oldest first, the last 20,000 requests. */
export type RequestLog = {
  entries(): readonly RequestLogEntry[];
  count(filter?: { readonly method?: string; readonly resource?: ResourceName }): number;
  clear(): void;
};

/** A key and its chain with which the CA signs documents about itself, such as an enrollment profile. */
export type DocumentSigner = {
  /** P-256, for ES256. */
  readonly privateKey: KeyObject;
  /** DER, leaf first, root last. */
  readonly chain: readonly Buffer[];
};

export type RunningCa = {
  /** `https://localhost:<port>`, without a slash at the end. */
  readonly origin: string;
  readonly directoryUrl: string;
  /** What the directory's `meta` said when the CA started. */
  readonly termsUrl: string;
  /** From here on, accounts are asked to agree to this version of the terms (RFC 8555 §7.3.3). */
  changeTerms(version: string): void;
  /** The mutual-TLS listener: a page at `/`, JSON at `/whoami`. */
  readonly probeUrl: string;
  readonly crlUrl: string;
  /** A timestamp server (RFC 3161). */
  readonly timestampUrl: string;
  readonly rootPem: string;
  /** SHA-256 of the root's DER, lower-case hex. */
  readonly rootFingerprint: string;
  readonly issuerPem: string;
  /** The root that the alternate chain ends in. */
  readonly alternateRootPem: string;
  readonly documentSigner: DocumentSigner;
  readonly people: People;
  /** How certificates under `challengeAnchors` are held against whom an account is bound to. */
  readonly challengeMappings: readonly AnchorMapping[];
  /** Whether a RADIUS server judges one-time passwords. */
  readonly asksRadius: boolean;
  /** What the offer `wifi-vpn` leads to now. */
  readonly network: CaNetwork | undefined;
  /** From here on, profiles name this network. */
  describeNetwork(network: CaNetwork): void;
  /** Whose certificates and domain names are whose. */
  readonly registry: Registry;
  /** Who may have certificates that others approve, and who approves them. */
  readonly organizations: Organizations;
  /** What others are asked to approve. */
  readonly approvals: ApprovalRegister;
  /** Where passkeys are made, by accounts and by links of the portal. */
  readonly passkeyDesk: PasskeyDesk;
  readonly faults: Faults;
  readonly requestLog: RequestLog;
  /** Counts what there is now. */
  ledger(): Ledger;
  /** Resolves when the listeners are closed, background validation has ended and the state is on disk. */
  stop(): Promise<void>;
};
