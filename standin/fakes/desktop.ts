// The rest of the desktop: all there, none of it visible. Tests press its buttons by emitting events.
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { guarded, guardedClass } from '../guard.ts';

type TrayMembers = Pick<
  Electron.Tray,
  | 'closeContextMenu'
  | 'destroy'
  | 'focus'
  | 'getBounds'
  | 'getTitle'
  | 'isDestroyed'
  | 'popUpContextMenu'
  | 'setContextMenu'
  | 'setImage'
  | 'setTitle'
  | 'setToolTip'
>;

/** `Tray`. */
export class Tray extends EventEmitter implements TrayMembers {
  image: unknown;
  toolTip = '';
  contextMenu: unknown = null;
  #title = '';
  #destroyed = false;

  constructor(image: unknown) {
    super();
    this.image = image;
  }

  setImage(image: unknown): void {
    this.image = image;
  }

  setToolTip(toolTip: string): void {
    this.toolTip = toolTip;
  }

  setTitle(title: string): void {
    this.#title = title;
  }

  getTitle(): string {
    return this.#title;
  }

  setContextMenu(menu: unknown): void {
    this.contextMenu = menu;
  }

  popUpContextMenu(): void {
    this.emit('-pop-up');
  }

  closeContextMenu(): void {
    this.emit('-close-up');
  }

  focus(): void {
    this.emit('-focus');
  }

  getBounds(): Electron.Rectangle {
    return { x: 0, y: 0, width: 0, height: 0 };
  }

  destroy(): void {
    this.#destroyed = true;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }
}

guardedClass('Tray', Tray);

/** `Notification`. */
export class Notification
  extends EventEmitter
  implements Pick<Electron.Notification, 'show' | 'close'>
{
  title: string;
  body: string;
  silent: boolean;
  actions: Electron.NotificationAction[];
  urgency: NonNullable<Electron.NotificationConstructorOptions['urgency']>;

  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super();
    this.title = options.title ?? '';
    this.body = options.body ?? '';
    this.silent = options.silent ?? false;
    this.actions = options.actions ?? [];
    this.urgency = options.urgency ?? 'normal';
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    queueMicrotask(() => this.emit('show', {}));
  }

  close(): void {
    queueMicrotask(() => this.emit('close', {}));
  }
}

guardedClass('Notification', Notification);

type ShellMembers = Pick<Electron.Shell, 'beep' | 'openExternal' | 'openPath' | 'showItemInFolder'>;

/** `shell`: says what it would open. */
export const shell = guarded('shell', {
  beep: () => undefined,
  openExternal: (url: string) => {
    process.stderr.write(`stand-in: would open ${url}\n`);
    return Promise.resolve();
  },
  openPath: (path: string) => {
    process.stderr.write(`stand-in: would open ${path}\n`);
    return Promise.resolve('');
  },
  showItemInFolder: (path: string) => {
    process.stderr.write(`stand-in: would show ${path}\n`);
  },
} satisfies ShellMembers);

type PowerMembers = Pick<
  Electron.PowerMonitor,
  | 'getCurrentThermalState'
  | 'getSystemIdleState'
  | 'getSystemIdleTime'
  | 'isOnBatteryPower'
  | 'onBatteryPower'
>;

/** `powerMonitor`: a machine on mains with somebody in front of it. */
export class PowerMonitor extends EventEmitter implements PowerMembers {
  readonly onBatteryPower = false;

  isOnBatteryPower(): boolean {
    return this.onBatteryPower;
  }

  getSystemIdleTime(): number {
    return 0;
  }

  getSystemIdleState(): 'active' {
    return 'active';
  }

  getCurrentThermalState(): 'unknown' {
    return 'unknown';
  }
}

guardedClass('powerMonitor', PowerMonitor);

/** `powerSaveBlocker`. */
export function createPowerSaveBlocker() {
  const started = new Set<number>();
  let last = 0;
  return guarded('powerSaveBlocker', {
    start: () => {
      last += 1;
      started.add(last);
      return last;
    },
    stop: (id: number) => started.delete(id),
    isStarted: (id: number) => started.has(id),
  } satisfies Electron.PowerSaveBlocker);
}

/** `globalShortcut`: remembers, and is never pressed. */
export function createGlobalShortcut() {
  const registered = new Map<string, () => void>();
  let suspended = false;
  return guarded('globalShortcut', {
    register: (accelerator: string, callback: () => void) => {
      const isFree = !registered.has(accelerator);
      if (isFree) registered.set(accelerator, callback);
      return isFree;
    },
    registerAll: (accelerators: string[], callback: () => void) => {
      for (const accelerator of accelerators) registered.set(accelerator, callback);
    },
    isRegistered: (accelerator: string) => registered.has(accelerator),
    unregister: (accelerator: string) => {
      registered.delete(accelerator);
    },
    unregisterAll: () => registered.clear(),
    isSuspended: () => suspended,
    setSuspended: (flag: boolean) => {
      suspended = flag;
    },
  } satisfies Electron.GlobalShortcut);
}
