import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { generateSync } from 'otplib/functional';
import { startLocalCa, type LocalCa } from '../../ca/portal/local-ca.ts';
import { SessionBus } from './session-bus.ts';

const email = 'alex@example.test';
const cli = join(import.meta.dirname, '..', 'cli.ts');
const compiled = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** What a command says of a code that it waits for, one line of JSON. */
export interface CodeNeeded {
  readonly event: 'code-needed';
  readonly type: string;
  readonly display?: string;
}

/** The command as a process of its own, at a CA with a clock that the test moves, with a secret service. */
export class CommandStand implements AsyncDisposable {
  readonly ca: LocalCa;
  readonly #bus: SessionBus;
  readonly #directory: string;
  readonly #time: { now: number };

  private constructor(ca: LocalCa, bus: SessionBus, directory: string, time: { now: number }) {
    this.ca = ca;
    this.#bus = bus;
    this.#directory = directory;
    this.#time = time;
  }

  static async start(): Promise<CommandStand> {
    // Behind ours, so that no certificate begins in the future when a code has moved it on.
    const time = { now: Math.floor(Date.now() / 30_000) * 30_000 - 110_000 };
    const ca = await startLocalCa({ demoPerson: true, clock: () => new Date(time.now) });
    const bus = await SessionBus.start({ secretService: 'unlocked' });
    const directory = await mkdtemp(join(tmpdir(), 'countersign-stand-'));
    return new CommandStand(ca, bus, directory, time);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bus.stop();
    await this.ca.ca.stop();
    await rm(this.#directory, { recursive: true });
  }

  get personId(): string {
    const person = this.ca.ca.people.findByEmail(email);
    if (person === undefined) throw new Error('the demo person is missing');
    return person.id;
  }

  /** The wallet joins the organisation as it is now. */
  async join(): Promise<{ readonly organizationId: string }> {
    const [head = '', body = ''] = (await this.ca.profile()).split('.');
    const read = (part: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    const [signer = ''] = read(head)['x5c'] as string[];
    const fingerprint = createHash('sha256').update(Buffer.from(signer, 'base64')).digest('hex');
    const words = ['join', '-', '--fingerprint', fingerprint];
    const { code, error } = await this.run(words, '', this.invite());
    if (code !== 0) throw new Error(error);
    return { organizationId: String(read(body)['id']) };
  }

  invite(): string {
    return this.ca.invite(email);
  }

  /** Alex's code, which nobody has used: the CA's time goes on by two steps first. */
  freshCode(): string {
    const { secret, digits, period } = this.ca.ca.people.totpSetup(this.personId);
    this.#time.now += 2 * period * 1000;
    const epoch = Math.floor(this.#time.now / 1000);
    return generateSync({ strategy: 'totp', secret, digits, period, epoch });
  }

  /** `given` is what descriptor 3 gives: at once, or a line for each code that is needed. */
  async run(
    words: readonly string[],
    given: string | ((needed: CodeNeeded) => string) = '',
    input = '',
  ): Promise<Ended> {
    const inWallet = ['--json', '--user-data-dir', join(this.#directory, 'wallet')];
    const child = spawn(process.execPath, [cli, ...words, ...inWallet], {
      // vitest.config.ts
      env: { ...this.#bus.env, ...compiled },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    const texts = { out: '', error: '' };
    child.stdout.on('data', (data: Buffer) => (texts.out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (texts.error += data.toString()));
    child.stdin.end(input);
    const pipe = child.stdio[3] as NodeJS.WritableStream;
    // Nobody has to read it.
    pipe.on('error', () => undefined);
    if (typeof given === 'string') pipe.end(given);
    else createInterface(child.stderr).on('line', (line) => answer(line, given, pipe));
    // One that is left open would keep the process from being closed.
    child.once('exit', () => pipe.end());
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...texts };
  }
}

function answer(
  line: string,
  given: (needed: CodeNeeded) => string,
  pipe: NodeJS.WritableStream,
): void {
  const said = JSON.parse(line) as CodeNeeded | { readonly event: 'other' };
  if (said.event === 'code-needed') pipe.write(`${given(said)}\n`);
}
