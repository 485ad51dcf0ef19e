import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject, readJson } from './project.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';

/**
 * What runs the app: Electron's own runtime, or the stand-in over the system's Chromium.
 *
 * @typedef {object} Host
 * @property {'electron' | 'standin'} kind
 * @property {string} program
 * @property {readonly string[]} parameters that it needs before the app's folder
 */

const probeMilliseconds = 3_000;
const downloadMilliseconds = 240_000;

/**
 * Finds Electron's runtime, fetches it where the download is within reach, or says in one line that
 * the stand-in takes its place.
 *
 * @param {{ mayDownload: boolean }} options
 * @returns {Promise<Host>}
 */
export async function findHost({ mayDownload }) {
  const program = electronProgram() ?? (mayDownload ? await downloadElectron() : undefined);
  if (program !== undefined) {
    // Chromium's sandbox refuses to run as root.
    return {
      kind: 'electron',
      program,
      parameters: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    };
  }
  say("Electron's runtime is not here; using the stand-in over the system's Chromium instead");
  return { kind: 'standin', program: inProject('standin/standin-electron'), parameters: [] };
}

/** @returns {string | undefined} */
export function electronProgram() {
  const own = inProject('node_modules/electron');
  const name = existsSync(join(own, 'path.txt'))
    ? readFileSync(join(own, 'path.txt'), 'utf8')
    : 'electron';
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(own, 'dist');
  const program = join(folder, name);
  return existsSync(program) ? program : undefined;
}

/** @returns {Promise<string | undefined>} */
async function downloadElectron() {
  if (process.env.CI || process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return undefined;
  const { version } = readJson(inProject('node_modules/electron/package.json'));
  const mirror =
    process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/';
  if (!(await isReachable(`${mirror}v${version}/SHASUMS256.txt`))) return undefined;
  say(`fetching Electron ${version}`);
  const installer = inProject('node_modules/electron/install.js');
  await run(process.execPath, [installer], { milliseconds: downloadMilliseconds });
  return electronProgram();
}

/** @param {string} url */
async function isReachable(url) {
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      signal: AbortSignal.timeout(probeMilliseconds),
    });
    return response.ok;
  } catch (error) {
    // No name, no route, no answer in time: whatever it is, the runtime cannot be had from here now.
    if (error instanceof TypeError || error.name === 'TimeoutError') return false;
    throw error;
  }
}
