/** Characters; the border refuses less. */
export const shortestPassphrase = 8;

/** What is wrong with a passphrase that was typed twice; undefined when nothing is. */
export function passphraseFault(first: string, second: string): 'short' | 'different' | undefined {
  if (first.length < shortestPassphrase) return 'short';
  return first === second ? undefined : 'different';
}
