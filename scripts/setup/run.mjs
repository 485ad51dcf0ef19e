import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { root } from './project.mjs';

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd] the project's folder when not said
 * @property {number} [milliseconds] how long it may take
 * @property {boolean} [yielding] lets everything else have the processor first
 */

/**
 * Runs a program to its end and keeps what it printed; never rejects for an exit code.
 *
 * @param {string} program
 * @param {readonly string[]} parameters
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>} code 127 when it could not be started
 */
export function run(program, parameters, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.milliseconds,
    });
    if (options.yielding && child.pid !== undefined) setPriority(child.pid, 10);
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', (error) => resolve({ code: 127, output: error.message, stdout }));
    child.once('close', (code) => resolve({ code: code ?? 1, output, stdout }));
  });
}
