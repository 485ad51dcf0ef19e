import { constants, fstatSync, readFileSync } from 'node:fs';

// As JavaScript, for scripts/countersign.mjs asks before it hands descriptors on, whatever Node runs it.

/** What Node opens for itself has low numbers. */
const own = Array.from({ length: 61 }, (_, index) => index + 3);

/**
 * Whether whoever started this process has opened that descriptor: Node has some of its own, queues of events and pipes
 * of which it holds both ends, and from those nothing of anybody's can be read.
 *
 * @param {number} descriptor
 * @returns {boolean}
 */
export function isOpenDescriptor(descriptor) {
  // Node sees to it that these are there.
  if (descriptor <= 2) return true;
  const stats = statsOf(descriptor);
  if (stats === null) return false;
  if (stats.isFIFO()) {
    return ![descriptor, ...own].some((each) => isSame(each, stats) && isWritable(each));
  }
  return stats.isFile() || stats.isSocket() || stats.isCharacterDevice();
}

/**
 * The descriptors beyond the usual three that these words name, for secrets of any kind.
 *
 * @param {readonly string[]} words
 * @returns {readonly number[]}
 */
export function namedDescriptors(words) {
  return words
    .flatMap((word, index) => {
      const named = /^--[a-z]+-fd(?:=(.*))?$/.exec(word);
      if (named === null) return [];
      const number = named[1] ?? words[index + 1] ?? '';
      return /^\d+$/.test(number) ? [Number(number)] : [];
    })
    .filter((number) => number > 2 && number < 256);
}

function isSame(other, { dev, ino }) {
  const stats = statsOf(other);
  return stats !== null && stats.dev === dev && stats.ino === ino;
}

/** By the flags with which it was opened (proc(5)). A shell may hold an end to be read twice, but never both kinds. */
function isWritable(descriptor) {
  try {
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'));
    return flags !== null && (Number.parseInt(flags[1], 8) & constants.O_WRONLY) !== 0;
  } catch (error) {
    // Systems without that file, and a descriptor that was closed meanwhile.
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function statsOf(descriptor) {
  try {
    return fstatSync(descriptor);
  } catch (error) {
    if (error.code === 'EBADF') return null;
    throw error;
  }
}
