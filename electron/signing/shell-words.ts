import type { Platform } from '../platform/platform.ts';

type System = Platform['name'];

/** What no shell of the three reads as anything but itself. */
const plain = /^[\w@%+=:./-]+$/;

/** One line of a shell: sh(1), or PowerShell on Windows. Throws `TypeError` for what no line can have. */
export function shellLine(words: readonly string[], system: System): string {
  return words.map((word) => shellWord(word, system)).join(' ');
}

export function shellWord(word: string, system: System): string {
  if (!isWord(word, system)) throw new TypeError('no word of a command');
  if (plain.test(word) && !/^[@=]/.test(word)) return word;
  // PowerShell ends its quotes by the curly ones, too.
  if (system === 'windows') return `'${word.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Whether a word reaches the program as it is, by a shell of that system. */
export function isWord(word: string, system: System): boolean {
  // A terminal would take them for itself, whatever the quotes.
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(word)) return false;
  // PowerShell 5.1 hands these to programs unescaped: as the end of a word, as its going on, as no word at all.
  return system !== 'windows' || !/"|\s.*\\$|^$/u.test(word);
}
