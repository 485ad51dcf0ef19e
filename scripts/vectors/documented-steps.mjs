import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inProject } from '../setup/project.mjs';

const run = promisify(execFile);
const kinds = /^#### `evidence\.type` is `(\w+)`/;

/**
 * The commands of docs/approvals.md, Section 9, as they stand there, for one kind of evidence.
 *
 * @returns {Promise<{ receipt: (type: string) => string, log: string }>} `log` begins anew, with the content of a receipt
 */
export async function documentedSteps() {
  const text = await readFile(inProject('docs', 'approvals.md'), 'utf8');
  const section = text.slice(text.indexOf('\n## 9. ') + 1);
  const parts = section.split(/^(?=#{3,4} )/m).map((part) => ({
    kind: kinds.exec(part)?.[1],
    blocks: [...part.matchAll(/^```sh( log)?\n(.*?)^```$/gms)],
  }));
  const commands = (isLog) => (isTaken) =>
    parts
      .filter(isTaken)
      .flatMap(({ blocks }) => blocks.filter(([, log]) => (log !== undefined) === isLog))
      .map(([, , block]) => block)
      .join('');
  const receipt = commands(false);
  return {
    receipt: (type) => receipt(({ kind }) => kind === undefined || kind === type),
    log: `${parts[0].blocks[0][2]}${commands(true)(() => true)}`,
  };
}

/**
 * Has a shell run the commands in a directory of their own.
 *
 * @param {string} commands
 * @param {Readonly<Record<string, string | Uint8Array>>} files by their names
 * @returns {Promise<{ holds: boolean, said: string }>}
 */
export async function followed(commands, files) {
  const cwd = await mkdtemp(join(tmpdir(), 'receipt-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
    const { stdout } = await run('sh', ['-c', commands], { cwd });
    return { holds: true, said: stdout };
  } catch (error) {
    if (!('stderr' in error)) throw error;
    return { holds: false, said: error.stderr };
  } finally {
    await rm(cwd, { recursive: true });
  }
}
