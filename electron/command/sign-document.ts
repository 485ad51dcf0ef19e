import { resolve } from 'node:path';
import type { SignDocumentCommand } from './command-line.ts';
import { CommandError } from './command-error.ts';
import type { Outcome } from './exit-code.ts';
import { pinFrom } from './given-pin.ts';
import { inHouse, type CommandRooms } from './rooms.ts';

/** `countersign sign --document`. */
export async function signDocument(
  command: SignDocumentCommand,
  rooms: CommandRooms,
): Promise<Outcome> {
  const { pinFd, acceptFinalTry, credentialId, document, out } = command;
  const pin = pinFrom({ pinFd, acceptFinalTry }, rooms);
  try {
    return await inHouse<Outcome>(rooms.openHouse({ askPin: pin.ask }), async (house) => {
      const token = house.wallet.credentials.find(credentialId)?.key.token;
      if (token !== undefined) pin.bindTo(token);
      const signed = await house.signDocument(credentialId, {
        chooseDocument: () => Promise.resolve(resolve(document)),
        saveDocumentAs: (beside) => Promise.resolve(out === undefined ? beside : resolve(out)),
      });
      if (signed === null) throw new TypeError('a document was named');
      const { path, timestampedAt, timestampedBy } = signed;
      rooms.output.result({ version: 1, at: rooms.now().toISOString(), ...signed }, [
        timestampedAt === undefined
          ? `${path}: nobody but this computer says when it was signed`
          : `${path}: ${timestampedBy ?? ''} saw the signature at ${timestampedAt}`,
      ]);
      return 'done';
    });
  } catch (error) {
    if (rooms.signal.aborted) throw new CommandError('cancelled', 'stopped', { cause: error });
    throw error;
  } finally {
    pin.close();
  }
}
