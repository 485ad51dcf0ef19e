import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { CommandError } from './command/command-error.ts';
import type { Errand } from './command/command-line.ts';
import { exitCodes } from './command/exit-code.ts';
import { isOpenDescriptor } from './command/open-descriptor.mjs';
import { Output } from './command/output.ts';
import type { CommandRooms } from './command/rooms.ts';
import { runCommand } from './command/run-command.ts';
import { SecretLines } from './command/secret-lines.ts';
import { standardStreams } from './command/standard-streams.ts';
import { troubleIn } from './command/trouble.ts';
import { TypedLines } from './command/typed-lines.ts';
import { openHouse, type HouseOptions } from './house.ts';
import { environmentRoutes } from './http/environment-routes.ts';
import { failureTranslator } from './ipc/to-failure.ts';
import { hideArguments } from './launch.ts';
import { openTokens } from './open-tokens.ts';
import { ForkedProcessLauncher } from './pkcs11/forked-process.ts';
import { currentPlatform } from './platform/current.ts';

// The wallet without a window: what a terminal or a script runs (docs/command.md).

const words = process.argv.slice(2);
// An invitation's link holds a secret, and everybody can read the arguments of everybody's processes.
hideArguments('countersign');
const version = versionOfPackage();
const streams = standardStreams();
const report = troubleIn(new Output(streams, words.includes('--json')));
const toFailure = failureTranslator((error) => report('an error that nobody foresaw', error));
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // Who asks twice does not want to wait until everything is taken back.
    if (interrupted.signal.aborted) endByInterrupt();
    interrupted.abort(new DOMException('interrupted', 'AbortError'));
  });
}

const code = await runCommand(words, { version, streams, roomsFor, toFailure });
if (code === exitCodes.cancelled) endByInterrupt();
else process.exit(code);

/**
 * As a program ends that does not handle SIGINT, which shells tell as 130. An orderly exit would wait for the read of a
 * descriptor from which nothing comes.
 */
function endByInterrupt(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
  process.kill(process.pid, 'SIGINT');
}

function roomsFor(errand: Errand, output: Output): CommandRooms {
  const { directory } = errand;
  const platform = currentPlatform();
  const options: HouseOptions = {
    ...{ version, platform, directory: directory ?? platform.userDataDirectory },
    ...{ localCaPath: null, languages: ['en'], launcher: launcher(), toFailure, report },
    routesFor: environmentRoutes(process.env),
  };
  const nobodyAdds = { list: () => [], add: () => undefined, remove: () => undefined };
  return {
    ...{ output, toFailure, signal: interrupted.signal },
    now: () => new Date(),
    openHouse: (wish) => openHouse({ ...options, ...wish }),
    openTokens: (wish) => openTokens({ ...options, ...wish, added: nobodyAdds }),
    linesOf: (descriptor, most) => new SecretLines(opened(descriptor), most),
    ...typedIn(errand),
  };
}

/** Codes may be typed there as well, by who said so. */
function typedIn(errand: Errand): Pick<CommandRooms, 'typed' | 'typedInSight'> {
  const isTaken = 'otpFd' in errand && errand.otpFd === 0;
  if (isTaken || !isatty(0)) return {};
  const interrupt = (): void => void process.kill(process.pid, 'SIGINT');
  const { signal } = interrupted;
  return {
    typed: new TypedLines({ terminal: () => process.stdin, signal, interrupt }),
    // The terminal itself shows what is typed, and has it edited.
    typedInSight: new SecretLines(0),
  };
}

function opened(descriptor: number): number {
  if (isOpenDescriptor(descriptor)) return descriptor;
  const cause = 'npm run hands on 0 to 2 only; use node scripts/countersign.mjs';
  throw new CommandError('usage', `descriptor ${descriptor} is not open (${cause})`);
}

/** Built, the program of the token process lies beside this file; unbuilt, in its room. */
function launcher(): ForkedProcessLauncher {
  const program = isBuilt() ? './token-process.js' : './pkcs11/process/program.ts';
  return new ForkedProcessLauncher({ program: fileURLToPath(new URL(program, import.meta.url)) });
}

function versionOfPackage(): string {
  const file = new URL(isBuilt() ? '../../package.json' : '../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}

function isBuilt(): boolean {
  return import.meta.url.endsWith('.js');
}
