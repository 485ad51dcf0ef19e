import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { initialState, type Bounds, type WindowState } from './window-state.ts';

type Members = Pick<
  Electron.BrowserWindow,
  | 'blur'
  | 'center'
  | 'flashFrame'
  | 'focus'
  | 'getBackgroundColor'
  | 'getBounds'
  | 'getContentBounds'
  | 'getContentSize'
  | 'getMinimumSize'
  | 'getNormalBounds'
  | 'getPosition'
  | 'getSize'
  | 'getTitle'
  | 'hide'
  | 'isAlwaysOnTop'
  | 'isClosable'
  | 'isFocused'
  | 'isFullScreen'
  | 'isMaximized'
  | 'isMenuBarVisible'
  | 'isMinimized'
  | 'isResizable'
  | 'isVisible'
  | 'maximize'
  | 'minimize'
  | 'moveTop'
  | 'removeMenu'
  | 'restore'
  | 'setAlwaysOnTop'
  | 'setAutoHideMenuBar'
  | 'setBackgroundColor'
  | 'setBounds'
  | 'setContentProtection'
  | 'setContentSize'
  | 'setFullScreen'
  | 'setIcon'
  | 'setMenu'
  | 'setMenuBarVisibility'
  | 'setMinimumSize'
  | 'setPosition'
  | 'setProgressBar'
  | 'setResizable'
  | 'setSize'
  | 'setSkipTaskbar'
  | 'setTitle'
  | 'show'
  | 'showInactive'
  | 'unmaximize'
>;

/** The part of a window that is looks and place; answered from its own state. */
export abstract class WindowAppearance extends EventEmitter implements Members {
  readonly #state: WindowState;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.#state = initialState(options);
  }

  /** Brings the real window to the front. */
  protected abstract raise(): void;
  /** Gives the real window the place and the size of `getBounds`. */
  protected abstract place(): void;

  show(): void {
    this.showInactive();
    this.focus();
  }

  showInactive(): void {
    if (this.#state.visible) return;
    this.#state.visible = true;
    this.emit('show');
  }

  hide(): void {
    if (!this.#state.visible) return;
    this.#state.visible = false;
    this.blur();
    this.emit('hide');
  }

  focus(): void {
    this.raise();
    if (this.#state.focused) return;
    this.#state.focused = true;
    this.emit('focus');
  }

  blur(): void {
    if (!this.#state.focused) return;
    this.#state.focused = false;
    this.emit('blur');
  }

  moveTop(): void {
    this.raise();
  }

  minimize(): void {
    this.blur();
    this.#change('minimized', true, 'minimize');
  }

  restore(): void {
    this.#change('minimized', false, 'restore');
  }

  maximize(): void {
    this.#change('maximized', true, 'maximize');
  }

  unmaximize(): void {
    this.#change('maximized', false, 'unmaximize');
  }

  setFullScreen(flag: boolean): void {
    this.#change('fullScreen', flag, flag ? 'enter-full-screen' : 'leave-full-screen');
  }

  isVisible(): boolean {
    return this.#state.visible;
  }

  isFocused(): boolean {
    return this.#state.focused;
  }

  isMinimized(): boolean {
    return this.#state.minimized;
  }

  isMaximized(): boolean {
    return this.#state.maximized;
  }

  isFullScreen(): boolean {
    return this.#state.fullScreen;
  }

  getBounds(): Bounds {
    return { ...this.#state.bounds };
  }

  getNormalBounds(): Bounds {
    return this.getBounds();
  }

  getContentBounds(): Bounds {
    return this.getBounds();
  }

  setBounds(bounds: Partial<Bounds>): void {
    const before = this.#state.bounds;
    const [minimumWidth, minimumHeight] = this.#state.minimumSize;
    const width = Math.max(minimumWidth, bounds.width ?? before.width);
    const height = Math.max(minimumHeight, bounds.height ?? before.height);
    const { x, y } = { ...before, ...bounds };
    this.#state.bounds = { x, y, width, height };
    this.place();
    if (x !== before.x || y !== before.y) this.emit('move');
    if (width !== before.width || height !== before.height) this.emit('resize');
  }

  getSize(): number[] {
    return [this.#state.bounds.width, this.#state.bounds.height];
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }

  getContentSize(): number[] {
    return this.getSize();
  }

  setContentSize(width: number, height: number): void {
    this.setSize(width, height);
  }

  getPosition(): number[] {
    return [this.#state.bounds.x, this.#state.bounds.y];
  }

  setPosition(x: number, y: number): void {
    this.setBounds({ x, y });
  }

  center(): void {
    // The window system places the window; there is no screen of known size to be in the middle of.
  }

  getMinimumSize(): number[] {
    return [...this.#state.minimumSize];
  }

  setMinimumSize(width: number, height: number): void {
    this.#state.minimumSize = [width, height];
    this.setBounds({});
  }

  getTitle(): string {
    return this.#state.title;
  }

  setTitle(title: string): void {
    this.#state.title = title;
  }

  getBackgroundColor(): string {
    return this.#state.backgroundColor;
  }

  setBackgroundColor(color: string): void {
    this.#state.backgroundColor = color;
  }

  isResizable(): boolean {
    return this.#state.resizable;
  }

  setResizable(resizable: boolean): void {
    this.#state.resizable = resizable;
  }

  isClosable(): boolean {
    return this.#state.closable;
  }

  isAlwaysOnTop(): boolean {
    return this.#state.alwaysOnTop;
  }

  setAlwaysOnTop(flag: boolean): void {
    this.#state.alwaysOnTop = flag;
  }

  isMenuBarVisible(): boolean {
    return this.#state.menuBarVisible;
  }

  setMenuBarVisibility(visible: boolean): void {
    this.#state.menuBarVisible = visible;
  }

  setAutoHideMenuBar(hide: boolean): void {
    this.setMenuBarVisibility(!hide);
  }

  setMenu(menu: unknown): void {
    this.setMenuBarVisibility(menu !== null);
  }

  removeMenu(): void {
    this.setMenuBarVisibility(false);
  }

  // Chromium's window offers no hold on these; they change nothing that a page or a test could see.
  flashFrame(): void {
    this.emit('-unseen', 'flashFrame');
  }

  setContentProtection(): void {
    this.emit('-unseen', 'setContentProtection');
  }

  setIcon(): void {
    this.emit('-unseen', 'setIcon');
  }

  setProgressBar(): void {
    this.emit('-unseen', 'setProgressBar');
  }

  setSkipTaskbar(): void {
    this.emit('-unseen', 'setSkipTaskbar');
  }

  #change(flag: 'minimized' | 'maximized' | 'fullScreen', value: boolean, event: string): void {
    if (this.#state[flag] === value) return;
    this.#state[flag] = value;
    this.emit(event);
  }
}
