import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @param {string[]} names path below the project's folder
 * @returns {string}
 */
export const inProject = (...names) => join(root, ...names);

/**
 * @param {string} path
 * @returns {any} undefined when there is no such file
 */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${path} is not readable as JSON`, { cause: error });
  }
}
