import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { guarded, guardedClass } from '../guard.ts';

type Template = Electron.MenuItemConstructorOptions;

/** What the roles of menu items do, by lower-case name; the others only matter to a page's text fields. */
export type RoleActions = Readonly<Partial<Record<string, () => void>>>;

type ItemMembers = Pick<
  Electron.MenuItem,
  | 'accelerator'
  | 'checked'
  | 'click'
  | 'enabled'
  | 'id'
  | 'label'
  | 'sublabel'
  | 'toolTip'
  | 'type'
  | 'visible'
>;

/** `MenuItem`; to be chosen by calling `click`. */
export class MenuItem implements ItemMembers {
  readonly id: string;
  readonly role: Template['role'];
  readonly type: Electron.MenuItem['type'];
  readonly accelerator: string | null;
  readonly sublabel: string;
  readonly toolTip: string;
  readonly submenu: Menu | undefined;
  readonly icon: Template['icon'];
  label: string;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  click: (event?: unknown, window?: unknown) => void;

  constructor(options: Template, roles: RoleActions = {}) {
    const { submenu, role } = options;
    this.id = options.id ?? '';
    this.role = role;
    this.type = options.type ?? (submenu ? 'submenu' : 'normal');
    this.label = options.label ?? role ?? '';
    this.accelerator = options.accelerator ?? null;
    this.sublabel = options.sublabel ?? '';
    this.toolTip = options.toolTip ?? '';
    this.icon = options.icon;
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.submenu = Array.isArray(submenu)
      ? menuOf(submenu, roles)
      : (submenu as unknown as Menu | undefined);
    this.click = (event = {}, window) => {
      if (!this.enabled) return;
      if (this.type === 'checkbox') this.checked = !this.checked;
      if (role) roles[role.toLowerCase()]?.();
      else options.click?.(this as never, window as never, event as never);
    };
  }
}

guardedClass('MenuItem', MenuItem);

/** `Menu`, never shown. */
export class Menu extends EventEmitter {
  readonly items: MenuItem[] = [];

  append(item: MenuItem): void {
    this.items.push(item);
  }

  insert(position: number, item: MenuItem): void {
    this.items.splice(position, 0, item);
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  popup({ callback }: { callback?: () => void } = {}): void {
    this.emit('menu-will-show', {});
    callback?.();
  }

  closePopup(): void {
    this.emit('menu-will-close', {});
  }
}

guardedClass('Menu', Menu);

/** `Menu` and `MenuItem` of one app. */
export function createMenuClasses(roles: RoleActions) {
  let applicationMenu: Menu | null = null;
  const statics = {
    buildFromTemplate: (template: readonly (Template | MenuItem)[]) => menuOf(template, roles),
    getApplicationMenu: () => applicationMenu,
    setApplicationMenu: (menu: Menu | null) => {
      applicationMenu = menu;
    },
  };
  const MenuOfApp: new () => Menu = class extends Menu {};
  const ItemOfApp: new (options: Template) => MenuItem = class extends MenuItem {
    constructor(options: Template) {
      super(options, roles);
    }
  };
  return { Menu: guarded('Menu', Object.assign(MenuOfApp, statics)), MenuItem: ItemOfApp };
}

function menuOf(template: readonly (Template | MenuItem)[], roles: RoleActions): Menu {
  const menu = new Menu();
  for (const entry of template) {
    menu.append(entry instanceof MenuItem ? entry : new MenuItem(entry, roles));
  }
  return menu;
}
