import { existsSync } from 'node:fs';
import { dialog, type BrowserWindow } from 'electron';
import type { ExportedCredential } from '../credentials/export.ts';
import { saveCredentialFile } from '../install/file.ts';

/** Asks for a profile file; `null` when the person chose none. */
export async function chooseProfileFile(window: BrowserWindow): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile'],
    filters: [{ name: 'Countersign', extensions: ['enroll'] }],
  });
  return filePaths[0] ?? null;
}

/** Asks for the file of a PKCS #11 module; `null` when the person chose none. */
export async function chooseModule(window: BrowserWindow): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile', 'showHiddenFiles'],
    filters: [
      { name: 'PKCS #11', extensions: ['so', 'dylib', 'dll'] },
      { name: '*', extensions: ['*'] },
    ],
  });
  return filePaths[0] ?? null;
}

/** Asks for a file that describes a network; `null` when the person chose none. */
export async function chooseNetworkFile(window: BrowserWindow): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile'],
    filters: [
      { name: 'EAP', extensions: ['eap-config'] },
      { name: '*', extensions: ['*'] },
    ],
  });
  return filePaths[0] ?? null;
}

/** Asks for a document to sign; `null` when the person chose none. */
export async function chooseDocument(window: BrowserWindow): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile'],
    filters: [{ name: 'PDF', extensions: ['pdf'] }],
  });
  return filePaths[0] ?? null;
}

/** Asks where to put a signed document; a file that is there already is the dialog's to ask about. */
export async function saveDocumentAs(
  window: BrowserWindow,
  suggestedPath: string,
): Promise<string | null> {
  const { filePath, canceled } = await dialog.showSaveDialog(window, {
    defaultPath: suggestedPath,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  return canceled || filePath === '' ? null : filePath;
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
  // The dialog has asked about a file that is there; about one that comes in between nobody has.
  const existing = existsSync(filePath) ? 'replace' : 'refuse';
  await saveCredentialFile({ path: filePath, data, existing });
  return true;
}
