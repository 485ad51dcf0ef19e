import { extname, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { signPrograms, type SignedProgram } from '../signing/sign-programs.ts';
import { SigningError, type SigningFault } from '../signing/signing-error.ts';
import { currentPlatform } from '../platform/current.ts';
import type { FileToSign } from '../signing/signed-file.ts';
import { CommandError } from './command-error.ts';
import type { SignCommand } from './sign-command-line.ts';
import type { Outcome } from './exit-code.ts';
import { pinFrom } from './given-pin.ts';
import { inHouse, type CommandRooms } from './rooms.ts';
import { say } from './sentences.ts';

/** `countersign sign`: a program of others signs files with a credential, for one PIN. */
export async function sign(command: SignCommand, rooms: CommandRooms): Promise<Outcome> {
  const { pinFd, acceptFinalTry, credentialId, tool, timestamp } = command;
  const files = filesOf(command);
  const pin = pinFrom({ pinFd, acceptFinalTry }, rooms);
  const signed: SignedProgram[] = [];
  try {
    const house = rooms.openHouse({ askPin: pin.ask });
    return await inHouse<Outcome>(house, async () => {
      const token = house.wallet.credentials.find(credentialId)?.key.token;
      if (token !== undefined) pin.bindTo(token);
      const { signal, output, now } = rooms;
      await signPrograms(
        {
          ...{ tool, credentialId, files, signal, signed: (each) => signed.push(each) },
          ...(timestamp !== undefined && { timestamp }),
        },
        { ...house, platform: currentPlatform(), now, surroundings: surroundings() },
      );
      const shown = signed.map(shownOf);
      output.result(
        { version: 1, at: now().toISOString(), with: tool, files: shown },
        lines(signed),
      );
      return 'done';
    });
  } catch (error) {
    for (const each of signed) {
      rooms.output.progress({ event: 'signed', ...shownOf(each) }, lineOf(each));
    }
    if (rooms.signal.aborted) throw new CommandError('cancelled', 'stopped', { cause: error });
    throw error instanceof SigningError ? toldSigning(error, tool) : error;
  } finally {
    pin.close();
  }
}

export const surroundings = () => ({
  ...{ searchPath: process.env['PATH'] ?? '', temporaryDirectory: tmpdir() },
  environment: process.env,
});

/** `app.exe` becomes `app.signed.exe` beside it. No two may get one name. */
export function filesOf({ files, out }: Pick<SignCommand, 'files' | 'out'>): readonly FileToSign[] {
  const wanted = files.map((name) => {
    const source = resolve(name);
    const end = extname(source);
    const beside = `${source.slice(0, source.length - end.length)}.signed${end}`;
    return { source, destination: out === undefined ? beside : resolve(out) };
  });
  const names = new Set(wanted.map(({ destination }) => destination));
  if (names.size < wanted.length) throw new CommandError('usage', 'a file is named twice');
  return wanted;
}

export const shownOf = ({ source, destination, digest }: SignedProgram) => ({
  ...{ file: source, out: destination, sha256: digest },
});
export const lineOf = ({ destination, digest }: SignedProgram): string =>
  `${destination}: ${digest}`;
export const lines = (signed: readonly SignedProgram[]): readonly string[] => signed.map(lineOf);

const sentences: Readonly<Record<SigningFault, (detail: string) => string>> = {
  'not-for-programs': () => 'the credential is not for signing programs',
  'not-valid-now': () => 'the credential is not valid now: it has expired or was revoked',
  obstacle: (tool) => `${tool} cannot sign with this credential.`,
  'not-on-token': () =>
    'the certificate is not beside its key on the token: put it there (in the desktop wallet, under Where it is used)',
  'tool-missing': (tool) => `${tool} is not on this computer`,
  unreadable: (path) => `${path} cannot be read as a file`,
  exists: (path) => `${path} is there already, and stays as it is: say another name by --out`,
  'not-writable': (path) => `${path} cannot be written`,
  'tool-failed': (said) => `it was not signed: ${said}`,
  'not-verified': (said) => `what was signed does not verify, and was thrown away: ${said}`,
};

/** What a person is told of a signature that did not come about. */
export function toldSigning(
  { reason, detail, obstacle, cause }: SigningError,
  tool: string,
): CommandError {
  const why = obstacle === undefined ? '' : ` ${say(`sign.obstacle.${obstacle}`, { type: '' })}`;
  const sentence = `${sentences[reason](reason === 'obstacle' ? tool : detail)}${why}`;
  const outcome = reason === 'tool-missing' || reason === 'unreadable' ? 'not-found' : 'failed';
  return new CommandError(outcome, sentence, { cause });
}
