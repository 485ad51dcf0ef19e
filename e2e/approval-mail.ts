import { createHttpsClient } from '../ca/testing/https.ts';
import type { TestMailServer } from '../ca/testing/mail-server.ts';
import { expect } from 'playwright/test';
import type { Company } from './company.ts';

/** The link of a mail to that address: as whoever reads it gets it from the page of the CA that the mail names. */
export async function mailedLink(
  { mails }: TestMailServer,
  address: string,
  { localCa: { ca } }: Pick<Company, 'localCa'>,
): Promise<string> {
  const received = () => mails.find(({ to }) => to.includes(address));
  await expect.poll(received).toBeDefined();
  const page = /https:\/\/\S+\/portal\/approval\?\S+/.exec(textOf(received()?.raw ?? ''))?.[0];
  const { bytes } = await createHttpsClient(ca.rootPem).send(page ?? '');
  const link = /countersign:\/\/approve\?[^"<\s]+/.exec(bytes.toString())?.[0] ?? '';
  return link.replaceAll('&amp;', '&');
}

/** RFC 2045 §6.7; a mail in plain ASCII loses nothing by it. */
const textOf = (raw: string): string =>
  raw
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
