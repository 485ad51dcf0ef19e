import { rename, rm, writeFile } from 'node:fs/promises';
import { dialog, type BrowserWindow } from 'electron';
import type { ExportedCredential } from '../credentials/export.ts';
import { InstallError } from '../install/install-target.ts';

/** Asks for a profile file; `null` when the person chose none. */
export async function chooseProfileFile(window: BrowserWindow): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile'],
    filters: [{ name: 'Countersign', extensions: ['enroll'] }],
  });
  return filePaths[0] ?? null;
}

/** Asks where to save and saves there; false when the person thought better of it. Throws `InstallError`. */
export async function saveExport(
  window: BrowserWindow,
  { data, suggestedName }: ExportedCredential,
): Promise<boolean> {
  const { filePath, canceled } = await dialog.showSaveDialog(window, {
    defaultPath: suggestedName,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  if (canceled || filePath === '') return false;
  await writePrivately(filePath, data);
  return true;
}

/** All of it or nothing, and for the owner only, whatever lay there before. */
async function writePrivately(path: string, data: Uint8Array): Promise<void> {
  const unfinished = `${path}.part`;
  try {
    await rm(unfinished, { force: true });
    await writeFile(unfinished, data, { mode: 0o600, flag: 'wx' });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new InstallError('file', 'store-not-writable', path, { cause: error });
  }
}
