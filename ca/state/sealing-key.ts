import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId, StateError } from './rows.ts';

const KEY_LENGTH = 32;

/**
 * The key that a directory's secrets are sealed with, made once, in a file for the owner only. Without a
 * directory, a key that is never kept. Throws StateError when secrets are sealed and their key is gone.
 */
export function openSealingKey(directory: string | undefined, isSealed: boolean): Buffer {
  if (directory === undefined) return randomBytes(KEY_LENGTH);
  const file = join(directory, 'secrets.key');
  if (!isSealed && !existsSync(file)) makeKey(file);
  const key = readKey(file);
  if (key.length !== KEY_LENGTH) throw new StateError(`${file} is no key of 32 bytes`);
  return key;
}

/** Whole or not at all, and never in place of one that another process made meanwhile. */
function makeKey(file: string): void {
  const draft = `${file}-${newId()}`;
  writeFileSync(draft, randomBytes(KEY_LENGTH), { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    unlinkSync(draft);
  }
}

function readKey(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new StateError('the key that the secrets of the state are sealed with is not there', {
      cause,
    });
  }
}
