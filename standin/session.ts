import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import type { Browser } from './browser.ts';
import { guardedClass } from './guard.ts';
import { PasskeyAccounts } from './passkey-accounts.ts';
import { Permissions } from './permissions.ts';
import { Protocols } from './protocol.ts';
import { proxyFor } from './proxy.ts';
import type { CustomSchemes } from './scheme.ts';
import type { VerifyProc } from './verified-fetch.ts';
import { WebRequest } from './web-request.ts';

export type SessionOptions = {
  readonly browser: Browser;
  readonly schemes: CustomSchemes;
  readonly isReady: () => boolean;
  /** Undefined for the default session. */
  readonly partition: string | undefined;
  /** False lets all partitions share the profile's storage. */
  readonly separate: boolean;
};

type PermissionRequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0];
type PermissionCheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];
type Members = Pick<
  Electron.Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setSpellCheckerEnabled'
  | 'setSpellCheckerLanguages'
  | 'setCertificateVerifyProc'
  | 'clearCache'
  | 'isPersistent'
  | 'resolveProxy'
>;

/** One partition's rules: its schemes, its webRequest, its permissions. */
export class Session extends EventEmitter implements Members {
  readonly protocol: Protocols;
  readonly webRequest: WebRequest;
  /** What the app grants pages; for the web contents. */
  readonly permissions: Permissions;
  readonly passkeys = new PasskeyAccounts();
  readonly partition: string | undefined;
  /** Who judges servers, if it is not Chromium; for the requests of pages. */
  verifyCertificate: VerifyProc | undefined;
  readonly #options: SessionOptions;
  readonly #followers = new Set<() => void>();
  #context: Promise<string | undefined> | undefined;

  constructor(options: SessionOptions) {
    super();
    const changed = () => this.#followers.forEach((follow) => follow());
    this.#options = options;
    this.partition = options.partition;
    this.protocol = new Protocols(options.schemes, options.isReady, changed);
    this.webRequest = new WebRequest(changed);
    this.permissions = new Permissions(options.browser);
  }

  /** Chromium's context that keeps this partition's storage apart; undefined is the profile's own. */
  contextId(): Promise<string | undefined> {
    const { partition, separate, browser } = this.#options;
    const isOwn = separate && partition !== undefined && !partition.startsWith('persist:');
    this.#context ??= isOwn ? browser.createContext() : Promise.resolve(undefined);
    return this.#context;
  }

  /** Calls back whenever the rules for requests change; returns the way to stop that. */
  follow(listener: () => void): () => void {
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  setPermissionRequestHandler(handler: PermissionRequestHandler): void {
    this.permissions.setRequestHandler(handler);
  }

  setPermissionCheckHandler(handler: PermissionCheckHandler): void {
    this.permissions.setCheckHandler(handler);
  }

  setDevicePermissionHandler(): void {
    // No device is ever offered to a page here, with a handler or without.
  }

  setDisplayMediaRequestHandler(): void {
    // Chromium has no screen to share under automation, with a handler or without.
  }

  setSpellCheckerEnabled(): void {
    // Chromium's spell checker is off: it would download dictionaries.
  }

  setSpellCheckerLanguages(): void {
    // See setSpellCheckerEnabled.
  }

  setCertificateVerifyProc(verify: VerifyProc | null): void {
    this.verifyCertificate = verify ?? undefined;
    this.#followers.forEach((follow) => follow());
  }

  async clearCache(): Promise<void> {
    // Pages are served by the app's own handlers; nothing of value is cached between them.
    await Promise.resolve();
  }

  async resolveProxy(url: string): Promise<string> {
    return Promise.resolve(proxyFor(url, process.env));
  }

  isPersistent(): boolean {
    return this.partition === undefined || this.partition.startsWith('persist:');
  }
}

guardedClass('Session', Session);

/** `session`: the default one and those made on demand. */
export class Sessions {
  readonly defaultSession: Session;
  readonly #options: Omit<SessionOptions, 'partition'>;
  readonly #partitions = new Map<string, Session>();

  constructor(options: Omit<SessionOptions, 'partition'>) {
    this.#options = options;
    this.defaultSession = new Session({ ...options, partition: undefined });
  }

  fromPartition(partition: string): Session {
    if (partition === '') return this.defaultSession;
    const known = this.#partitions.get(partition);
    if (known) return known;
    const session = new Session({ ...this.#options, partition });
    this.#partitions.set(partition, session);
    return session;
  }
}

guardedClass('session', Sessions);
