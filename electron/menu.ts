import type { MenuItemConstructorOptions } from 'electron';

/**
 * The application menu, or `null` for none. macOS needs one for quitting, copying and pasting by keyboard;
 * elsewhere Chromium does that by itself.
 */
export function menuTemplate(
  platform: 'linux' | 'macos' | 'windows',
): MenuItemConstructorOptions[] | null {
  if (platform !== 'macos') return null;
  return [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }];
}
