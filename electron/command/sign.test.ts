import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shellLine } from '../signing/shell-words.ts';
import { windowsProgram } from '../testing/program-samples.ts';
import { requireProgram } from '../testing/server-program.ts';
import { SigningWorld } from '../testing/signing-world.ts';
import { Pkcs11Shim } from '../testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';

const cli = join(import.meta.dirname, '..', 'cli.ts');
const compiled = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };
const pin = '735190';

let hsm: SoftHsm;
let shim: Pkcs11Shim;
let world: SigningWorld;
const credentials = { programs: '', documents: '', software: '', unknown: 'nobody' };

/** Signs as ever, but for files that are called `.dll`: there it goes on and on. */
const slowTool = `#!/bin/sh
case "$1 $*" in
  sign*input.dll*) echo $$ > "$TOOL_RUNS.new"; mv "$TOOL_RUNS.new" "$TOOL_RUNS"; exec sleep 300 ;;
esac
exec /usr/bin/osslsigncode "$@"
`;

beforeAll(async () => {
  hsm = await SoftHsm.create({ label: 'my token', pin });
  shim = await Pkcs11Shim.around(hsm);
  world = await SigningWorld.create({ modulePath: shim.modulePath, env: shim.env, pin });
  credentials.programs = await world.credential('P-256');
  credentials.documents = await world.credential('P-256', { purpose: 'documentSigning' });
  const key = { id: 'soft', type: 'P-256', place: 'software', exportable: false } as const;
  credentials.software = await world.credential('P-256', { key });
  await mkdir(world.path('bin'));
  await chmod(await world.file('bin/osslsigncode', slowTool), 0o700);
  await world.leave();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await shim.stop();
  await hsm.stop();
});

let folder: string;
let number = 0;
beforeEach(async () => {
  shim.reset();
  shim.lockAfter(3);
  shim.recordCalls();
  number += 1;
  folder = world.path(`files-${number}`);
  await mkdir(folder);
});

const file = (name: string): Promise<string> =>
  world.file(join(`files-${number}`, name), windowsProgram());
const logins = (): readonly string[] => shim.calls.filter((call) => call.startsWith('C_Login'));
const toolRuns = (): string => join(folder, 'tool-runs');

const env = (): Readonly<Record<string, string | undefined>> => ({
  ...{ ...world.env, ...compiled, TOOL_RUNS: toolRuns(), TMPDIR: folder },
  PATH: `${world.path('bin')}:${process.env['PATH'] ?? ''}`,
});

/** The command as a process of its own, which reads a PIN from descriptor 3. */
function start(words: readonly string[], given = pin) {
  const line = ['sign', '--with', 'osslsigncode', '--json', '--pin-fd', '3', ...words];
  const child = spawn(process.execPath, [cli, ...line, '--user-data-dir', world.directory], {
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = { out: '', error: '' };
  child.stdout?.on('data', (data: Buffer) => (texts.out += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (texts.error += data.toString()));
  const descriptor = child.stdio[3] as NodeJS.WritableStream;
  // Nobody has to read it.
  descriptor.on('error', () => undefined);
  descriptor.end(`${given}\n`);
  const ended = once(child, 'close').then(([code, signal]) => {
    expect(texts.out + texts.error).not.toContain(given);
    // As a shell tells it.
    return { code: signal === 'SIGINT' ? 130 : (code as number | null), ...texts };
  });
  return { child, ended };
}

/** At a terminal, where somebody types that when it is asked for. */
async function atTerminal(words: readonly string[], typed: string) {
  const where = ['--user-data-dir', world.directory];
  const line = [process.execPath, cli, 'sign', '--with', 'osslsigncode', ...words, ...where];
  requireProgram('script', 'bsdutils');
  // script(1) has a terminal of its own, which shows what is typed.
  const options = ['--quiet', '--return', '--command', shellLine(line, 'linux'), '/dev/null'];
  const child = spawn('script', options, { env: env(), stdio: 'pipe' });
  let shown = '';
  let isAsked = false;
  child.stdout.on('data', (data: Buffer) => {
    shown += data.toString();
    if (isAsked || !shown.includes('It is not shown.')) return;
    isAsked = true;
    child.stdin.write(typed);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, shown };
}

const sign = (words: readonly string[], given?: string) => start(words, given).ended;
/** But for what other modules of this computer do. */
const events = (error: string): readonly object[] =>
  error
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { readonly event: string }]))
    .filter(({ event }) => event !== 'trouble');
const failed = (outcome: string, more: object = {}): unknown =>
  expect.objectContaining({ event: 'failed', outcome, ...more });
const saying = (text: string): unknown => expect.stringContaining(text);
const having = (members: object): unknown => expect.objectContaining(members);
const digestOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

async function untilToolRuns(child: ChildProcess): Promise<number> {
  await expect.poll(() => existsSync(toolRuns()) || child.exitCode !== null).toBe(true);
  return Number(await readFile(toolRuns(), 'utf8'));
}

function isRunning(pid: number): boolean {
  // kill(2): signal 0 only asks.
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the command that has programs signed', { timeout: 120_000 }, () => {
  it('signs several files for one PIN, says each, and leaves all alone the second time', async () => {
    const words = ['--credential', credentials.programs, await file('a.exe'), await file('b.exe')];
    const { code, out, error } = await sign(words);
    expect({ code, events: events(error) }).toEqual({ code: 0, events: [] });
    const shown = ['a', 'b'].map(async (name) => ({
      file: join(folder, `${name}.exe`),
      out: join(folder, `${name}.signed.exe`),
      sha256: await digestOf(join(folder, `${name}.signed.exe`)),
    }));
    expect(JSON.parse(out)).toEqual({
      ...{ version: 1, at: expect.any(String) as string, with: 'osslsigncode' },
      files: await Promise.all(shown),
    });
    const signed = join(folder, 'b.signed.exe');
    const judgement = await world.judge('osslsigncode', 'verify', '-CAfile', 'root.pem', signed);
    expect(judgement.code).toBe(0);

    shim.recordCalls();
    const again = await sign(words);
    expect([again.code, again.out, logins()]).toEqual([1, '', []]);
    expect(events(again.error)).toEqual([
      failed('failed', { sentence: saying('a.signed.exe is there already') }),
    ]);
  });

  it.each([
    ['that nobody has', 'unknown', 3, ''],
    ['with a key in software', 'software', 1, 'osslsigncode cannot sign with this credential.'],
    ['for documents', 'documents', 1, 'the credential is not for signing programs'],
  ] as const)('uses no credential %s', async (_which, id, expected, sentence) => {
    const { code, out, error } = await sign(['--credential', credentials[id], await file('a.exe')]);
    expect([code, out, logins()]).toEqual([expected, '', []]);
    const outcome = expected === 3 ? 'not-found' : 'failed';
    const told = failed(outcome, { sentence: saying(sentence) });
    expect(events(error)).toEqual([told]);
    expect(await readdir(folder)).toEqual(['a.exe']);
  });

  it('spends one try of a wrong PIN, and not the last one', async () => {
    const words = ['--credential', credentials.programs, await file('a.exe')];
    const wrong = await sign(words, '999999');
    expect([wrong.code, shim.wrongPins(), logins().length]).toEqual([5, 1, 1]);
    const reason = (name: string) => ({ failure: having({ reason: name }) });
    expect(events(wrong.error)).toEqual([failed('not-unlocked', reason('pin-incorrect'))]);

    shim.setWrongPins(2);
    const last = await sign(words, '999999');
    expect([last.code, shim.wrongPins(), logins().length], last.error).toEqual([5, 2, 1]);
    expect(events(last.error)).toEqual([failed('not-unlocked', reason('final-try'))]);
    expect(await readdir(folder)).toEqual(['a.exe']);

    const { code } = await sign([...words, '--accept-final-try']);
    expect([code, shim.wrongPins()]).toEqual([0, 0]);
  });

  it('asks for the PIN at a terminal, which does not show it, and stops by Ctrl+C there', async () => {
    const words = ['--credential', credentials.programs, await file('a.exe')];
    const typed = `12ä\u007f\u007f\u007f${pin}\r`;
    const { code, shown } = await atTerminal(words, typed);
    expect({ code, shown }).toMatchObject({ code: 0, shown: saying('my token') });
    expect(shown).not.toMatch(new RegExp(`${pin}|12ä`));
    expect(shown).toContain('a.signed.exe');

    shim.recordCalls();
    const out = join(folder, 'out.exe');
    const stopped = await atTerminal([...words, '--out', out], '1234\u0003');
    expect([stopped.code, logins()]).toEqual([130, []]);
    expect(stopped.shown).not.toContain('1234');
    expect(existsSync(out)).toBe(false);
  });

  it('ends the program that signs by Ctrl+C at once; what is finished stays, and is said', async () => {
    const words = ['--credential', credentials.programs, await file('a.exe'), await file('b.dll')];
    const { child, ended } = start(words);
    const tool = await untilToolRuns(child);
    child.kill('SIGINT');
    const { code, out, error } = await ended;
    expect([code, out]).toEqual([130, '']);
    await expect.poll(() => isRunning(tool)).toBe(false);
    const signed = join(folder, 'a.signed.exe');
    const digest = await digestOf(signed);
    expect(events(error)).toEqual([
      { event: 'signed', file: join(folder, 'a.exe'), out: signed, sha256: digest },
      failed('cancelled'),
    ]);
    const left = await readdir(folder);
    expect(left.sort()).toEqual(['a.exe', 'a.signed.exe', 'b.dll', 'tool-runs']);
  });

  it('leaves nothing by that name when it is killed while the program signs', async () => {
    const out = join(folder, 'out.dll');
    const words = ['--credential', credentials.programs, '--out', out, await file('b.dll')];
    const { child, ended } = start(words);
    const tool = await untilToolRuns(child);
    child.kill('SIGKILL');
    process.kill(tool, 'SIGKILL');
    await ended;
    const shown = (await readdir(folder)).filter((name) => !name.startsWith('countersign-install'));
    expect(shown.sort()).toEqual(['b.dll', 'tool-runs']);
  });
});
