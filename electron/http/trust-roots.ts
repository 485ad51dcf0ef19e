import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** Trust in these roots and no others; an empty list trusts nobody. */
export const trustOnly = (roots: readonly string[]): SecureContext =>
  createSecureContext({ ca: [...roots] });

/** PEM: what ships with the program and what this computer's owner added. Slow: tens of milliseconds. */
export const rootsOfThisComputer = (): readonly string[] => [
  ...new Set([...getCACertificates('default'), ...getCACertificates('system')]),
];

/** Trust in what ships with the program and in what this computer's owner added. Slow: tens of milliseconds. */
export function trustOfThisComputer(): SecureContext {
  return createSecureContext({ ca: [...rootsOfThisComputer()] });
}
