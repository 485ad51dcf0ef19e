import type { ProofLink } from '../../../shared/failure.ts';
import { InstallError } from '../install-target.ts';
import { runTool, ToolError, type Environment } from '../run-tool.ts';

export interface NetworkManagerToolOptions {
  /** Colon-separated directories in which `nmcli` is looked for, as in `PATH`. */
  readonly searchPath: string;
  /** That of the person's session. */
  readonly environment: Environment;
}

export interface NmcliRequest {
  readonly parameters: readonly string[];
  readonly input?: string;
  /** Exit codes beside 0 after which the output counts. */
  readonly allowed?: readonly number[];
  /** Milliseconds. */
  readonly timeout?: number;
}

export interface NmcliResult {
  readonly exitCode: number;
  readonly stdout: string;
}

/** nmcli(1), “Exit status”. */
export const nmcliExit = {
  unknown: 1,
  timeout: 3,
  activationFailed: 4,
  notRunning: 8,
  doesNotExist: 10,
} as const;

/** nmcli(1), which asks NetworkManager over the system bus. */
export class NetworkManagerTool {
  readonly #options: NetworkManagerToolOptions;

  constructor(options: NetworkManagerToolOptions) {
    this.#options = options;
  }

  /** Throws `InstallError` for every exit code but those that are allowed. What is told of it holds no secret. */
  async run({ parameters, input, allowed = [], timeout }: NmcliRequest): Promise<NmcliResult> {
    const { searchPath, environment } = this.#options;
    try {
      const { exitCode, stdout, stderr } = await runTool({
        ...{ program: 'nmcli', parameters, searchPath },
        // Its editor remembers in its home what it was told, and passphrases are among that.
        home: '/dev/null',
        // In plain C it writes question marks for what others call their networks.
        locale: 'C.UTF-8',
        environment: busOf(environment),
        ...(input !== undefined && { input }),
        ...(timeout !== undefined && { timeout }),
      });
      // What was typed may be among the complaints.
      const complaint = input === undefined ? stderr : '';
      if (exitCode !== 0 && !allowed.includes(exitCode)) throw nmcliFault(exitCode, complaint);
      return { exitCode, stdout: stdout.toString('utf8') };
    } catch (error) {
      if (error instanceof ToolError) throw toolFault(error);
      throw error;
    }
  }

  /** Whether NetworkManager runs and can be asked. Throws `InstallError` when not. */
  async check(): Promise<void> {
    const parameters = ['-t', '-f', 'STATE', 'general', 'status'];
    // Where there is no bus at all, nmcli knows no better word for it.
    const { exitCode } = await this.run({ parameters, allowed: [nmcliExit.unknown] });
    if (exitCode !== 0) throw notRunning();
  }

  /** A named pipe that only this person can open. */
  async makePipe(path: string): Promise<void> {
    const { searchPath } = this.#options;
    const parameters = ['-m', '600', path];
    const { exitCode } = await runTool({ program: 'mkfifo', parameters, searchPath, home: '/' });
    if (exitCode === 0) return;
    throw new InstallError('network-manager', 'refused', `mkfifo: ${exitCode}`);
  }

  /** Those properties of one connection, in that order; `null`: there is no such connection. */
  async properties(
    uuid: string,
    names: readonly string[],
    { secret = false } = {},
  ): Promise<readonly string[] | null> {
    const how = [...(secret ? ['-s'] : []), '-e', 'no', '-g', names.join(',')];
    const { exitCode, stdout } = await this.run({
      parameters: [...how, 'connection', 'show', 'uuid', uuid],
      allowed: [nmcliExit.doesNotExist],
    });
    return exitCode === 0 ? stdout.split('\n').slice(0, names.length) : null;
  }
}

/** Only what leads to the system bus. */
const busOf = (environment: Environment): Environment => ({
  DBUS_SYSTEM_BUS_ADDRESS: environment['DBUS_SYSTEM_BUS_ADDRESS'],
});

function nmcliFault(exitCode: number, stderr: string): InstallError {
  const [complaint = ''] = stderr.trim().split('\n');
  const said = complaint === '' ? String(exitCode) : complaint.slice(0, 300);
  if (exitCode === nmcliExit.notRunning) return notRunning();
  return new InstallError('network-manager', 'refused', `nmcli: ${said}`);
}

const notRunning = (): InstallError =>
  new InstallError('network-manager', 'not-running', 'NetworkManager');

function toolFault(error: ToolError): InstallError {
  const isMissing = error.reason === 'missing';
  const detail = isMissing ? 'nmcli' : `nmcli: ${error.reason}`;
  const options = { cause: error };
  return new InstallError(
    'network-manager',
    isMissing ? 'tool-missing' : 'refused',
    detail,
    options,
  );
}

/** A proof that failed, and where. */
export const brokenLink = (link: ProofLink, detail: string, cause?: unknown): InstallError =>
  new InstallError('network-manager', 'proof-failed', detail, { link, cause });
