import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import type Electron from 'electron';
import type { Application } from './command-line.ts';
import { emitEvent } from './event.ts';
import { guardedClass } from './guard.ts';
import { InstanceLock } from './instances.ts';
import { systemLanguages } from './locale.ts';
import { Paths } from './paths.ts';
import { Shutdown, type ShutdownOptions } from './shutdown.ts';
import { Switches } from './switches.ts';

export type AppOptions = Omit<ShutdownOptions, 'app'> & {
  readonly application: Application;
  readonly switches: ReadonlyMap<string, string>;
  /** What started this process, to start it again. */
  readonly executable: string;
  readonly focusWindow: () => void;
};

type Members = Pick<
  Electron.App,
  | 'addRecentDocument'
  | 'clearRecentDocuments'
  | 'disableHardwareAcceleration'
  | 'enableSandbox'
  | 'exit'
  | 'focus'
  | 'getAppPath'
  | 'getLocale'
  | 'getLocaleCountryCode'
  | 'getName'
  | 'getPath'
  | 'getPreferredSystemLanguages'
  | 'getSystemLocale'
  | 'getVersion'
  | 'hasSingleInstanceLock'
  | 'isDefaultProtocolClient'
  | 'isPackaged'
  | 'isReady'
  | 'name'
  | 'quit'
  | 'relaunch'
  | 'releaseSingleInstanceLock'
  | 'removeAsDefaultProtocolClient'
  | 'requestSingleInstanceLock'
  | 'setAboutPanelOptions'
  | 'setAppLogsPath'
  | 'setAppUserModelId'
  | 'setAsDefaultProtocolClient'
  | 'setBadgeCount'
  | 'setDesktopName'
  | 'setName'
  | 'setPath'
  | 'whenReady'
>;

/** `app`. */
export class App extends EventEmitter implements Members {
  readonly isPackaged = false;
  readonly commandLine: Switches;
  readonly dock = undefined;
  applicationMenu: unknown = null;
  badgeCount = 0;
  userAgentFallback = '';
  name: string;
  readonly #options: AppOptions;
  readonly #paths: Paths;
  readonly #instances: InstanceLock;
  readonly #shutdown: Shutdown;
  readonly #protocolClients = new Set<string>();
  readonly #ready = Promise.withResolvers<undefined>();
  #isReady = false;

  constructor(options: AppOptions) {
    super();
    this.#options = options;
    this.name = options.application.name;
    this.commandLine = new Switches(options.switches);
    this.#paths = new Paths({
      executable: options.executable,
      name: () => this.name,
      userData: userDataOf(options.switches),
    });
    this.#shutdown = new Shutdown({ ...options, app: this });
    this.#instances = new InstanceLock(
      () => this.getPath('userData'),
      ({ argv, workingDirectory, additionalData }) =>
        emitEvent(this, 'second-instance', [argv, workingDirectory, additionalData]),
    );
  }

  /** Called once the main module has been evaluated; false when the app quits instead. */
  begin(): boolean {
    if (this.#shutdown.isEnding) return false;
    this.emit('will-finish-launching');
    this.#isReady = true;
    this.#ready.resolve(undefined);
    emitEvent(this, 'ready', [{}]);
    return true;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  async whenReady(): Promise<void> {
    await this.#ready.promise;
  }

  quit(): void {
    this.#shutdown.quit();
  }

  exit(code = 0): void {
    this.#shutdown.exit(code);
  }

  relaunch({ args = process.argv.slice(1), execPath }: Electron.RelaunchOptions = {}): void {
    const executable = execPath ?? this.#options.executable;
    // Chromium has let go of the profile by then.
    process.once('exit', () => {
      spawn(executable, args, { detached: true, stdio: 'ignore' }).unref();
    });
  }

  focus(): void {
    this.#options.focusWindow();
  }

  getName(): string {
    return this.name;
  }

  setName(name: string): void {
    this.name = name;
  }

  getVersion(): string {
    return this.#options.application.version;
  }

  getAppPath(): string {
    return this.#options.application.directory;
  }

  getPath(name: string): string {
    return this.#paths.get(name);
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  setAppLogsPath(path = this.getPath('logs')): void {
    this.setPath('logs', path);
  }

  getLocale(): string {
    return this.commandLine.getSwitchValue('lang') || this.getSystemLocale();
  }

  getSystemLocale(): string {
    return this.getPreferredSystemLanguages()[0] ?? 'en-US';
  }

  getLocaleCountryCode(): string {
    return new Intl.Locale(this.getSystemLocale()).region ?? '';
  }

  getPreferredSystemLanguages(): string[] {
    return systemLanguages(process.env);
  }

  requestSingleInstanceLock(additionalData: unknown = {}): boolean {
    return this.#instances.request(additionalData);
  }

  hasSingleInstanceLock(): boolean {
    return this.#instances.isHeld;
  }

  releaseSingleInstanceLock(): void {
    this.#instances.release();
  }

  // Electron only asks the desktop; a stand-in must not change what the person's links open.
  setAsDefaultProtocolClient(protocol: string): boolean {
    this.#protocolClients.add(protocol);
    return true;
  }

  removeAsDefaultProtocolClient(protocol: string): boolean {
    return this.#protocolClients.delete(protocol);
  }

  isDefaultProtocolClient(protocol: string): boolean {
    return this.#protocolClients.has(protocol);
  }

  setBadgeCount(count = 0): boolean {
    this.badgeCount = count;
    return true;
  }

  enableSandbox(): void {
    // Every renderer is sandboxed, as far as the system lets Chromium.
  }

  disableHardwareAcceleration(): void {
    this.commandLine.appendSwitch('disable-gpu');
  }

  setAboutPanelOptions(): void {
    // There is no about panel.
  }

  setAppUserModelId(): void {
    // Windows only.
  }

  setDesktopName(): void {
    // Nothing here is installed, so no desktop file has a name.
  }

  addRecentDocument(): void {
    // Windows and macOS only.
  }

  clearRecentDocuments(): void {
    // Windows and macOS only.
  }
}

guardedClass('app', App);

function userDataOf(switches: ReadonlyMap<string, string>): string | undefined {
  const named = switches.get('user-data-dir');
  return named ? resolve(named) : undefined;
}
