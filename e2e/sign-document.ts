import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'playwright/test';
import { plainPdf } from '../electron/testing/pdf-samples.ts';
import type { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import type { OpenWallet } from './journey.ts';

/** Signs a PDF with the credential that is shown; what Poppler says of it, the key's PIN once given. */
export async function signDocument(
  { app, screens }: OpenWallet,
  hsm: SoftHsm,
  folder: string,
): Promise<string> {
  const [source, signed] = [join(folder, 'offer.pdf'), join(folder, 'offer-signed.pdf')];
  await writeFile(source, plainPdf());
  await app.evaluate(
    ({ dialog }, { from, to }) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [from] });
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: to });
    },
    { from: source, to: signed },
  );
  await screens.credential.uses.signDocument.click();
  await screens.pin.answer(hsm.token.pin);
  await expect(screens.credential.uses.documentSigned).toBeVisible();
  return (await promisify(execFile)('pdfsig', [signed])).stdout;
}
