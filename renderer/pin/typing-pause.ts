import { useEffect, useState } from 'react';
import type { PinQuestion } from '../../shared/models/token.ts';

/** Milliseconds in which whoever types notices that the question is another one. */
export const typingPause = 1_000;

/** For whom a PIN is: the token, and what it is unlocked for. The same again after a wrong PIN. */
export function addresseeOf(question: PinQuestion | null): string | null {
  if (question === null) return null;
  const { token, moduleName, reason, organizationName } = question;
  return JSON.stringify([token, moduleName, reason, organizationName]);
}

/** Whether what is typed may still be meant for another question than the one that is shown. */
export const isMeantForAnother = (typedFor: string | null, shown: string | null): boolean =>
  typedFor !== null && shown !== null && typedFor !== shown;

/** How long it takes until what is typed is meant for what is shown. Who was asked nothing types nothing. */
export const pauseBefore = (typedFor: string | null, shown: string | null): number =>
  typedFor === null && shown !== null ? 0 : typingPause;

/** Holds the keyboard for a moment when one question takes the place of another: the rest of a PIN is not for both. */
export function useTypingPause(question: PinQuestion | null): boolean {
  const shown = addresseeOf(question);
  const [typedFor, setTypedFor] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setTypedFor(shown), pauseBefore(typedFor, shown));
    return () => clearTimeout(timer);
  }, [typedFor, shown]);
  return isMeantForAnother(typedFor, shown);
}
