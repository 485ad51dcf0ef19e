import { readFile, rename, rm } from 'node:fs/promises';

/**
 * What lay in the place of a file of ours before us, where only administrators see it: `kept` beside it, `nothing`; `untouched`: we
 * have not written there, `unknown`: we have, and install(1) did not say.
 */
export type Before = 'kept' | 'nothing' | 'untouched' | 'unknown';

/** What install(1) adds to the name of what it keeps. */
export const keptSuffix = '.before-countersign';

/** Beside our own copy of a file, what install(1) printed as it wrote the file: also when the wallet ended meanwhile. */
export const noteOf = (copy: string): string => `${copy}.note`;

/** What is printed where install(1) prints nothing. */
export const silent = 'written\n';

/** `null`: there is no note, since we saw what was there. */
export async function readNote(copy: string): Promise<Before | null> {
  try {
    const printed = await readFile(noteOf(copy), 'utf8');
    if (printed === '') return 'untouched';
    if (printed === silent) return 'unknown';
    return printed.includes(keptSuffix) ? 'kept' : 'nothing';
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export const dropNote = (copy: string): Promise<void> => rm(noteOf(copy), { force: true });

/** What is to be given back is the heir's to give back. */
export async function handOnNote(copy: string, heir: string): Promise<void> {
  try {
    await rename(noteOf(copy), noteOf(heir));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
