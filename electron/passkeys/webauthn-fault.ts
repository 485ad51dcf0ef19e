import type { PasskeyFault } from '../../shared/failure.ts';
import { PasskeyError } from './ceremony.ts';

/** What a page says when the person thought better of it. */
const personCancelled = 'AbortError';

// WebAuthn L3 §5.1.3 and §5.1.4.1, and the DOMExceptions that they lead to.
const faults: Readonly<Record<string, PasskeyFault>> = {
  [personCancelled]: 'closed',
  // No timeout of its own: WebAuthn tells it from a refusal nowhere, so the wallet's clock does.
  NotAllowedError: 'refused',
  InvalidStateError: 'already-registered',
  NotSupportedError: 'not-supported',
  ConstraintError: 'not-supported',
  SecurityError: 'strayed',
};

const errorName = /^[A-Z][A-Za-z]{0,40}$/;

/** The error for what a page or a browser says that WebAuthn answered. */
export function errorFor(said: unknown): PasskeyError {
  const name = typeof said === 'string' && errorName.test(said) ? said : undefined;
  const known = name !== undefined && Object.hasOwn(faults, name) ? faults[name] : undefined;
  const reason = known ?? 'refused';
  return new PasskeyError(reason, 'the ceremony ended without an answer', {
    ...(name !== undefined && { detail: name }),
  });
}
