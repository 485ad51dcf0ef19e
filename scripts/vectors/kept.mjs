import { existsSync, readFileSync } from 'node:fs';
import { inProject } from '../setup/project.mjs';

/** Where the files are. */
export const folder = inProject('docs', 'vectors');

/**
 * What was written the last time; for the few values that nothing but chance can make, which are kept.
 *
 * @param {string} file e.g. `keys`
 * @param {string} id of the vector
 */
export function writtenBefore(file, id) {
  const path = inProject('docs', 'vectors', `${file}.json`);
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')).vectors.find((vector) => vector.id === id);
}
