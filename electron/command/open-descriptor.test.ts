import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedDescriptors } from './open-descriptor.mjs';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '..', 'cli.ts');
const program = join(import.meta.dirname, 'open-descriptor.mjs');
const enroll = ['enroll', '--organization', 'a', '--offer', 'b'];

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-descriptors-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** What is open of 0 to 63 in a Node that a shell starts so. */
async function openIn(redirections: string): Promise<readonly number[]> {
  const script = `import(${JSON.stringify(program)}).then(({ isOpenDescriptor }) =>
    console.log(JSON.stringify(Array.from({ length: 64 }, (_, n) => n).filter(isOpenDescriptor))))`;
  // Whatever this process was given, a shell hands on too.
  const words = `exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-; exec "$0" -e "$1" ${redirections}`;
  const { stdout } = await run('bash', ['-c', words, process.execPath, script]);
  return (JSON.parse(stdout) as readonly number[]).filter((number) => number > 2 && number < 10);
}

async function countersign(...words: readonly string[]) {
  const inWallet = ['--json', '--user-data-dir', join(directory, 'wallet')];
  const child = spawn(process.execPath, [cli, ...words, ...inWallet], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const error = child.stderr === null ? '' : text(child.stderr);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, error: await error };
}

describe('a descriptor', { timeout: 120_000 }, () => {
  it.each([
    ['3</dev/null', [3]],
    [`3<${JSON.stringify(program)} 9</dev/null`, [3, 9]],
    ['3< <(echo 1234)', [3]],
    ['6<<<1234', [6]],
  ])('is open that %s opens', async (redirections, open) => {
    expect(await openIn(redirections)).toEqual(expect.arrayContaining(open));
  });

  it('is not open that is Node’s own', async () => {
    // Of its own, nothing but the null device is like what somebody could have given.
    expect((await openIn('')).filter((number) => number < 10)).toEqual([]);
  });

  it.each([
    ['--pin-fd', '4'],
    ['--pin-fd', '5'],
    ['--otp-fd', '9'],
    ['--otp-fd', '987'],
  ])('of %s %s that nobody has opened is an error of the command line', async (option, number) => {
    const { code, error } = await countersign(...enroll, option, number);
    expect(code).toBe(2);
    expect(JSON.parse(error)).toMatchObject({
      ...{ event: 'failed', outcome: 'usage' },
      sentence: `descriptor ${number} is not open (npm run hands on 0 to 2 only; use node scripts/countersign.mjs)`,
    });
  });

  it('that is open is taken', async () => {
    const { code, error } = await countersign(...enroll, '--pin-fd', '3');
    expect([code, error]).toEqual([3, expect.stringContaining('no such organisation')]);
  });
});

describe('the descriptors of a command line', () => {
  it.each(['pin', 'otp', 'passphrase'])('are those of --%s-fd', (secret) => {
    expect(namedDescriptors(['export', `--${secret}-fd`, '3'])).toEqual([3]);
    expect(namedDescriptors([`--${secret}-fd=7`, '--json'])).toEqual([7]);
  });

  it('are all that are named, and no number beside them', () => {
    const words = ['enroll', '--pin-fd', '3', '--email', '5', '--otp-fd=4', '--otp-fd'];
    expect(namedDescriptors(words)).toEqual([3, 4]);
  });

  it.each(['0', '2', '256', '1e1', '-3', '', 'x'])('are not %j', (number) => {
    expect(namedDescriptors(['--pin-fd', number, `--otp-fd=${number}`])).toEqual([]);
  });
});
