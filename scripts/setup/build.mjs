import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inProject, readJson } from './project.mjs';
import { run } from './run.mjs';
import { say, SetupError } from './say.mjs';

/** Whatever can change what is built. */
const sources = [
  'shared',
  'electron',
  'renderer',
  'resources',
  'electron.vite.config.ts',
  'tsconfig.base.json',
  'package.json',
  'package-lock.json',
];
const results = ['out/main/main.js', 'out/preload/preload.cjs', 'out/renderer/index.html'];
const stamp = 'out/.sources.json';

/** Builds the app unless what is in `out/` was built from exactly these sources. */
export async function ensureBuild() {
  const digest = digestOf(sources);
  const fresh =
    readJson(inProject(stamp))?.digest === digest &&
    results.every((path) => existsSync(inProject(path)));
  if (fresh) return;
  say('building the app');
  const builder = inProject('node_modules/electron-vite/bin/electron-vite.js');
  const { code, output } = await run(process.execPath, [builder, 'build']);
  if (code !== 0) throw new SetupError('the build failed', output);
  writeFileSync(inProject(stamp), JSON.stringify({ digest }));
}

/**
 * @param {readonly string[]} paths files and folders below the project's folder
 * @returns {string}
 */
function digestOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesIn)) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(inProject(path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  if (!existsSync(inProject(path))) return [];
  if (path.includes('.')) return [path];
  return readdirSync(inProject(path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|spec)\.tsx?$/.test(entry.name))
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`)
    .map((file) => file.slice(inProject().length + 1))
    .sort();
}
