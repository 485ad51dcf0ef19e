import { generate } from 'otplib';
import { openState } from '../state.ts';

/** What an authenticator app knows about an account. */
export type Authenticator = {
  /** Base32. */
  readonly secret: string;
  readonly digits: 6 | 7 | 8;
  /** Seconds. */
  readonly period: number;
};

export type CurrentCode = {
  readonly code: string;
  readonly step: number;
  /** Seconds until the app shows the next one. */
  readonly secondsLeft: number;
};

/** The code that an authenticator app shows at a moment (RFC 6238 §4). */
export async function currentCode(authenticator: Authenticator, now: Date): Promise<CurrentCode> {
  const { secret, digits, period } = authenticator;
  const epoch = Math.floor(now.getTime() / 1000);
  return {
    code: await generate({ secret, digits, period, epoch }),
    step: Math.floor(epoch / period),
    secondsLeft: period - (epoch % period),
  };
}

/** Reads a person's authenticator set-up from the state that a CA keeps, running or not. */
export function readAuthenticator(
  directory: string,
  email: string,
): (Authenticator & { readonly lastStep: number }) | undefined {
  const state = openState(directory);
  try {
    const person = state.persons.findByEmail(email.toLowerCase());
    return person === undefined ? undefined : state.totpCredentials.find(person.id);
  } finally {
    state.close();
  }
}
