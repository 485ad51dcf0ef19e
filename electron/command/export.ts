import { resolve } from 'node:path';
import type { ExportRequest } from '../credentials/export.ts';
import { saveCredentialFile } from '../install/file.ts';
import { CommandError } from './command-error.ts';
import type { Outcome } from './exit-code.ts';
import type { ExportCommand } from './export-command-line.ts';
import { inHouse, type CommandRooms } from './rooms.ts';

/** Characters, as the page has it. */
const passphraseLength = { least: 8, most: 256 } as const;

/** `countersign export`: a file for the owner's eyes only, which is never written over another. */
export async function exportTo(command: ExportCommand, rooms: CommandRooms): Promise<Outcome> {
  const { credentialId, format, out } = command;
  const path = resolve(out);
  const request = await requestOf(command, rooms);
  return inHouse<Outcome>(rooms.openHouse({ installs: false }), async ({ credentials, wallet }) => {
    if (wallet.credentials.find(credentialId) === undefined) {
      throw new CommandError('not-found', 'the wallet has no such credential');
    }
    const { data } = await credentials.export(request);
    await saveCredentialFile({ path, data, existing: 'refuse' });
    rooms.output.result({ version: 1, credentialId, format, path }, [path]);
    return 'done';
  });
}

async function requestOf(
  { credentialId, format, legacy, passphraseFd }: ExportCommand,
  rooms: CommandRooms,
): Promise<ExportRequest> {
  if (format !== 'pkcs12' || passphraseFd === undefined) {
    return { credentialId, format: format === 'pkcs7' ? format : 'pem' };
  }
  // In UTF-8, a character has four octets at most.
  const line = await rooms.linesOf(passphraseFd, passphraseLength.most * 4).next();
  if (line === null) throw new CommandError('not-unlocked', 'no passphrase was given');
  const passphrase = new TextDecoder().decode(line);
  line.fill(0);
  const { least, most } = passphraseLength;
  if (passphrase.length < least || passphrase.length > most) {
    throw new CommandError('not-unlocked', `a passphrase has ${least} to ${most} characters`);
  }
  return { credentialId, format, legacy, passphrase };
}
