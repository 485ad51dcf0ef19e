import { resolve } from 'node:path';
import type { SignedDocument } from '../../shared/models/signing.ts';
import type { House } from '../house.ts';
import type { SignDocumentCommand } from './sign-command-line.ts';
import { CommandError } from './command-error.ts';
import type { Outcome } from './exit-code.ts';
import { pinFrom } from './given-pin.ts';
import type { CommandRooms, HouseWish } from './rooms.ts';

/** What of the house it takes. */
export interface DocumentRooms extends Pick<
  CommandRooms,
  'output' | 'signal' | 'now' | 'linesOf' | 'typed'
> {
  readonly openHouse: (wish: HouseWish) => Pick<House, 'wallet' | 'signDocument' | 'close'>;
}

/** `countersign sign --document`. */
export async function signDocument(
  command: SignDocumentCommand,
  rooms: DocumentRooms,
): Promise<Outcome> {
  const { pinFd, acceptFinalTry, credentialId, document, out } = command;
  const pin = pinFrom({ pinFd, acceptFinalTry }, rooms);
  const house = rooms.openHouse({ askPin: pin.ask });
  try {
    const token = house.wallet.credentials.find(credentialId)?.key.token;
    if (token !== undefined) pin.bindTo(token);
    const signed = await house.signDocument(credentialId, {
      chooseDocument: () => Promise.resolve(resolve(document)),
      saveDocumentAs: (beside) => Promise.resolve(out === undefined ? beside : resolve(out)),
    });
    if (signed === null) throw new TypeError('a document was named');
    rooms.output.result({ version: 1, at: rooms.now().toISOString(), ...signed }, [lineOf(signed)]);
    return 'done';
  } catch (error) {
    if (rooms.signal.aborted) throw new CommandError('cancelled', 'stopped', { cause: error });
    throw error;
  } finally {
    pin.close();
    await house.close();
  }
}

const lineOf = ({ path, timestampedAt, timestampedBy = '' }: SignedDocument): string =>
  timestampedAt === undefined
    ? `${path}: nobody but this computer says when it was signed`
    : `${path}: ${timestampedBy} saw the signature at ${timestampedAt}`;
