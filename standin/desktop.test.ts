/** @module-tag deep */
import type { BrowserWindow } from 'electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchFixture, type Fixture } from './testing/fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await launchFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const isDark = () =>
  fixture.window.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);

describe('nativeTheme', { timeout: 180_000 }, () => {
  it('switches the colour scheme of the page, now and after the next document', async () => {
    const switchTo = (source: 'system' | 'light' | 'dark') =>
      fixture.app.evaluate(({ nativeTheme }, value) => {
        let updates = 0;
        nativeTheme.once('updated', () => (updates += 1));
        nativeTheme.themeSource = value;
        return [nativeTheme.shouldUseDarkColors, updates];
      }, source);
    await expect(switchTo('dark')).resolves.toStrictEqual([true, 1]);
    await expect.poll(isDark).toBe(true);
    await fixture.window.reload();
    await expect.poll(isDark).toBe(true);
    await expect(switchTo('light')).resolves.toStrictEqual([false, 1]);
    await expect.poll(isDark).toBe(false);
    await expect(switchTo('system')).resolves.toStrictEqual([false, 1]);
    await expect.poll(isDark).toBe(false);
  });

  it('wins over what another debugger prefers', async () => {
    await fixture.app.evaluate(({ nativeTheme }) => (nativeTheme.themeSource = 'dark'));
    await expect.poll(isDark).toBe(true);
    await fixture.window.emulateMedia({ colorScheme: 'light' });
    await expect.poll(isDark).toBe(true);
    await fixture.app.evaluate(({ nativeTheme }) => (nativeTheme.themeSource = 'system'));
    await fixture.window.emulateMedia({ colorScheme: null });
    await expect.poll(isDark).toBe(false);
  });

  it('applies to a window that is opened afterwards', async () => {
    const dark = await fixture.app.evaluate(async ({ BrowserWindow, nativeTheme }) => {
      nativeTheme.themeSource = 'dark';
      const window = new BrowserWindow({ show: false });
      await window.loadURL('app://fixture/index.html');
      const query = `matchMedia('(prefers-color-scheme: dark)').matches`;
      const seen = (await window.webContents.executeJavaScript(query)) as boolean;
      window.destroy();
      nativeTheme.themeSource = 'system';
      return seen;
    });
    expect(dark).toBe(true);
  });
});

describe('what a test may put its own answers to', { timeout: 180_000 }, () => {
  it('lets dialogs be answered', async () => {
    const before = await fixture.app.evaluate(async ({ dialog }) => [
      await dialog.showOpenDialog({}),
      await dialog.showMessageBox({ message: 'Sure?', buttons: ['Delete', 'Cancel'] }),
    ]);
    expect(before).toStrictEqual([
      { canceled: true, filePaths: [] },
      { response: 1, checkboxChecked: false },
    ]);
    await fixture.app.evaluate(({ dialog }) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: ['/picked'] });
    });
    const after = await fixture.app.evaluate(({ dialog }) => dialog.showOpenDialog({}));
    expect(after.filePaths).toStrictEqual(['/picked']);
  });

  it('reaches the app’s own imports, not a copy', async () => {
    const opened = await fixture.app.evaluate(async ({ shell }) => {
      const urls: string[] = [];
      shell.openExternal = (url) => Promise.resolve(void urls.push(url));
      const { fixture: own } = globalThis as unknown as {
        fixture: { electron: { shell: typeof shell } };
      };
      await own.electron.shell.openExternal('https://help.example/');
      return urls;
    });
    expect(opened).toStrictEqual(['https://help.example/']);
  });

  it('lets menu items be chosen', async () => {
    const seen = await fixture.app.evaluate(({ Menu }) => {
      const clicks: string[] = [];
      const menu = Menu.buildFromTemplate([
        {
          label: 'File',
          submenu: [
            { id: 'lock', label: 'Lock', click: ({ label }) => clicks.push(label) },
            { type: 'separator' },
            { id: 'off', enabled: false, click: () => clicks.push('off') },
            { id: 'box', type: 'checkbox', click: ({ checked }) => clicks.push(String(checked)) },
          ],
        },
      ]);
      Menu.setApplicationMenu(menu);
      for (const id of ['lock', 'off', 'box'])
        Menu.getApplicationMenu()?.getMenuItemById(id)?.click();
      return { clicks, missing: menu.getMenuItemById('none') };
    });
    expect(seen).toStrictEqual({ clicks: ['Lock', 'true'], missing: null });
  });

  it('lets the desktop make itself felt', async () => {
    const heard = await fixture.app.evaluate(
      async ({ powerMonitor, Notification, Tray, nativeImage }) => {
        const lines: string[] = [];
        powerMonitor.on('lock-screen', () => lines.push('locked'));
        powerMonitor.emit('lock-screen');
        const notification = new Notification({ title: 'Renewed' });
        notification.on('click', () => lines.push(`clicked ${notification.title}`));
        await new Promise<void>((resolve) => {
          notification.once('show', () => resolve());
          notification.show();
        });
        notification.emit('click');
        const tray = new Tray(nativeImage.createEmpty());
        tray.on('click', () => lines.push('tray'));
        tray.emit('click');
        tray.destroy();
        return [...lines, tray.isDestroyed()];
      },
    );
    expect(heard).toStrictEqual(['locked', 'clicked Renewed', 'tray', true]);
  });
});

describe('the window', { timeout: 180_000 }, () => {
  it('has the size it is given, and the page with it', async () => {
    const seen = await fixture.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      const events: string[] = [];
      window?.on('resize', () => events.push('resize'));
      window?.setMinimumSize(500, 400);
      window?.setSize(700, 100);
      return { bounds: window?.getBounds(), events };
    });
    expect(seen).toStrictEqual({
      bounds: { x: 0, y: 0, width: 700, height: 400 },
      events: ['resize'],
    });
    await expect
      .poll(() => fixture.window.evaluate(() => [innerWidth, innerHeight]))
      .toStrictEqual([700, 400]);
  });

  it('is found by its page, and knows whether it is shown and in front', async () => {
    const window = await fixture.app.browserWindow(fixture.window);
    const seen = await window.evaluate((own: BrowserWindow) => {
      const states = [own.isVisible(), own.isFocused()];
      own.hide();
      states.push(own.isVisible(), own.isFocused());
      own.show();
      return [...states, own.isVisible(), own.isFocused()];
    });
    expect(seen).toStrictEqual([true, true, false, false, true, true]);
  });

  it('takes its title from the page', async () => {
    await fixture.window.evaluate(() => {
      document.title = 'Another title';
    });
    await expect
      .poll(() =>
        fixture.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle()),
      )
      .toBe('Another title');
  });
});

describe('safeStorage', { timeout: 180_000 }, () => {
  it('gives back what it was given, as long as the key lives', async () => {
    const seen = await fixture.app.evaluate(async ({ safeStorage }) => {
      const encrypted = await safeStorage.encryptStringAsync('a secret ☃');
      const { result } = await safeStorage.decryptStringAsync(encrypted);
      const spoiled = Buffer.from(encrypted);
      spoiled.writeUInt8(spoiled.readUInt8(spoiled.length - 1) ^ 1, spoiled.length - 1);
      const refused = await safeStorage.decryptStringAsync(spoiled).then(String, () => 'refused');
      return {
        result,
        refused,
        inClear: encrypted.includes('secret'),
        backend: safeStorage.getSelectedStorageBackend(),
      };
    });
    expect(seen).toStrictEqual({
      result: 'a secret ☃',
      refused: 'refused',
      inClear: false,
      backend: 'gnome_libsecret',
    });
  });

  it.each([
    ['none', 'basic_text', 'kept'],
    ['locked', 'gnome_libsecret', 'Encryption is temporarily unavailable'],
  ])('plays a system whose secret store is: %s', async (keyring, backend, outcome) => {
    await using own = await launchFixture({ env: { STANDIN_KEYRING: keyring } });
    const seen = await own.app.evaluate(async ({ safeStorage }) => {
      const encrypted = await safeStorage.encryptStringAsync('kept');
      return [
        safeStorage.getSelectedStorageBackend(),
        await safeStorage.decryptStringAsync(encrypted).then(
          ({ result }) => result,
          (error: unknown) => (error as Error).message,
        ),
      ];
    });
    expect(seen).toStrictEqual([backend, outcome]);
  });
});
