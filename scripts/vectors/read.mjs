import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './kept.mjs';

/** A file of docs/vectors as anybody reads it, with its vectors by id. @param {string} name */
export function readVectors(name) {
  const file = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  return {
    ...file,
    byId: Object.fromEntries(file.vectors.map((vector) => [vector.id, vector])),
    good: file.vectors.filter(({ output }) => output !== undefined),
    refused: file.vectors.filter(({ refusal }) => refusal !== undefined),
  };
}

/** The rows of `it.each`. */
export const named = (vectors) => vectors.map((vector) => [vector.id, vector]);
