import type { Failure } from '../../shared/failure.ts';
import { approvals } from './approvals.ts';
import { CommandError } from './command-error.ts';
import { readCommandLine, type Errand } from './command-line.ts';
import { listCredentials } from './credentials.ts';
import { enroll } from './enroll.ts';
import { exitCodes, type Outcome } from './exit-code.ts';
import { exportTo } from './export.ts';
import { join } from './join.ts';
import { Output, type Streams } from './output.ts';
import { outcomeOf } from './outcome.ts';
import { renew } from './renew.ts';
import type { CommandRooms } from './rooms.ts';
import { failureSentence } from './sentences.ts';
import { LineTooLong } from './secret-lines.ts';
import { signDocument } from './sign-document.ts';
import { signOnce } from './sign-once.ts';
import { sign } from './sign.ts';
import { showTokens } from './tokens.ts';
import { usageText } from './usage.ts';

export interface CommandOptions {
  readonly version: string;
  readonly streams: Streams;
  /** The rooms of a command, once it is known which. */
  readonly roomsFor: (command: Errand, output: Output) => CommandRooms;
  readonly toFailure: (error: unknown) => Failure;
}

/** Runs what the words say; resolves to the exit code. */
export async function runCommand(
  words: readonly string[],
  options: CommandOptions,
): Promise<number> {
  const { streams, version } = options;
  // Known before the rest is understood: errors come in the form that was asked for.
  const output = new Output(streams, words.includes('--json'));
  try {
    const command = readCommandLine(words);
    if (command.name === 'help') streams.out(usageText);
    if (command.name === 'version') streams.out(`${version}\n`);
    const outcome =
      command.name === 'help' || command.name === 'version'
        ? 'done'
        : await run(command, options.roomsFor(command, output));
    return exitCodes[outcome === 'done' && streams.unread.aborted ? 'unread' : outcome];
  } catch (error) {
    const { outcome, sentence, failure } = told(error, options);
    output.progress({ event: 'failed', outcome, sentence, ...(failure && { failure }) }, sentence);
    return exitCodes[outcome];
  }
}

function run(command: Errand, rooms: CommandRooms): Promise<Outcome> {
  switch (command.name) {
    case 'tokens':
      return showTokens(command, rooms);
    case 'join':
      return join(command, rooms);
    case 'enroll':
      return enroll(command, rooms);
    case 'renew':
      return renew(command, rooms);
    case 'export':
      return exportTo(command, rooms);
    case 'sign':
      return sign(command, rooms);
    case 'sign-once':
      return signOnce(command, rooms);
    case 'sign-document':
      return signDocument(command, rooms);
    case 'approvals':
      return approvals(command, rooms);
    case 'credentials':
      return listCredentials(rooms);
  }
}

function told(error: unknown, { toFailure }: CommandOptions) {
  if (error instanceof CommandError) {
    const { outcome, message, failure } = error;
    return { outcome, sentence: message, failure };
  }
  if (error instanceof LineTooLong) {
    return {
      outcome: 'usage',
      sentence: 'a line of secrets is too long',
      failure: undefined,
    } as const;
  }
  const failure = toFailure(error);
  return { outcome: outcomeOf(failure), sentence: failureSentence(failure), failure };
}
