import { lstat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { SignedDocument } from '../../shared/models/signing.ts';
import { assertSignsDocuments, signDocument, type DocumentRooms } from './document.ts';

/** Asks for a document, and where to put the signed one; null: the person thought better of it. */
export interface DocumentDialogs {
  readonly chooseDocument: () => Promise<string | null>;
  readonly saveDocumentAs: (suggestedPath: string) => Promise<string | null>;
}

/** Signs a document that the person chooses, once it is known that the credential can; null when they thought better of it. */
export async function signChosenDocument(
  credentialId: string,
  dialogs: DocumentDialogs,
  rooms: DocumentRooms,
): Promise<SignedDocument | null> {
  assertSignsDocuments(credentialId, rooms);
  const source = await dialogs.chooseDocument();
  if (source === null) return null;
  const destination = await dialogs.saveDocumentAs(await freeNameBeside(source));
  if (destination === null) return null;
  return signDocument({ credentialId, source, destination }, rooms);
}

const mostTried = 99;

/** e.g. `offer-signed.pdf`, or `offer-signed-2.pdf` where that is there. */
async function freeNameBeside(path: string): Promise<string> {
  const extension = extname(path) || '.pdf';
  const stem = join(dirname(path), `${basename(path, extname(path))}-signed`);
  for (let number = 1; number <= mostTried; number += 1) {
    const candidate = `${stem}${number === 1 ? '' : `-${number}`}${extension}`;
    if (!(await isThere(candidate))) return candidate;
  }
  return `${stem}${extension}`;
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
