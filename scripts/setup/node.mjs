import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { inProject } from './project.mjs';
import { SetupError } from './say.mjs';

/** The first release line that runs TypeScript by itself, has node:sqlite, and is the one Electron carries. */
const wanted = 24;

/**
 * Carries on in the project's own Node when this one is older.
 *
 * @returns {Promise<number | undefined>} the exit code of the script that ran there; undefined: this Node will do
 */
export async function continueInOwnNode() {
  if (Number(process.versions.node.split('.')[0]) >= wanted) {
    preferOwnPrograms();
    return undefined;
  }
  const node = inProject('node_modules/node/bin/node');
  if (!existsSync(node)) {
    throw new SetupError(
      `Node ${wanted} is needed and the package "node" did not bring it; run: npm rebuild node`,
    );
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // The terminal sends its signals to the whole group; who signals only us means the child too.
  const pass = (signal) => child.kill(signal);
  process.on('SIGTERM', pass).on('SIGHUP', pass).on('SIGINT', ignore);
  const [code, signal] = await once(child, 'exit');
  return code ?? (signal === 'SIGINT' ? 130 : 1);
}

function ignore() {
  // The child was interrupted as well and decides what that means.
}

function preferOwnPrograms() {
  process.env.PATH = [inProject('node_modules/.bin'), process.env.PATH].join(delimiter);
}
