import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** Trust in these roots and no others; an empty list trusts nobody. */
export const trustOnly = (roots: readonly string[]): SecureContext =>
  createSecureContext({ ca: [...roots] });

/** Trust in what ships with the program and in what this computer's owner added. Slow: tens of milliseconds. */
export function trustOfThisComputer(): SecureContext {
  const all = [...getCACertificates('default'), ...getCACertificates('system')];
  // Both lists have mostly the same roots, one with a line's end after them and one without. Half as many load twice as fast.
  const roots = new Set(all.map((root) => root.trim()));
  return createSecureContext({ ca: [...roots] });
}
