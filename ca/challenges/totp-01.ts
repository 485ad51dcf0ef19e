import { generateSync } from 'otplib/functional';
import type { State } from '../state.ts';
import type { TotpCredential } from '../state/persons.ts';
import type { AnsweredChallengeType, Verdict } from './challenge-type.ts';
import { isSameCode, readDigits } from './codes.ts';
import type { Throttle } from './throttle.ts';

export type TotpOptions = {
  readonly state: State;
  readonly clock: () => Date;
  readonly throttle: Throttle;
};

/** RFC 6238 codes, judged against the credential of the account's person. */
export function createTotp({ state, clock, throttle }: TotpOptions): AnsweredChallengeType {
  return {
    kind: 'answered',
    type: 'totp-01',
    suits: ({ person }) =>
      person !== undefined && state.totpCredentials.find(person.id) !== undefined,
    describe({ person }) {
      const credential = person && state.totpCredentials.find(person.id);
      if (person === undefined || credential === undefined) return {};
      const { digits, period } = credential;
      return { digits, period, prompt: `Authenticator app code for ${person.email}` };
    },
    answer({ challenge, person, payload }) {
      const otp = readDigits(payload);
      return state.transaction((): Verdict => {
        const credential = person && state.totpCredentials.find(person.id);
        if (credential === undefined) return { outcome: 'unusable' };
        const { personId } = credential;
        const attempt = throttle.admit({ credential: `totp:${personId}`, challenge });
        if (attempt.outcome !== 'admitted') return attempt;
        const step = acceptedStep(credential, otp, clock());
        if (step === undefined) return attempt.fail();
        state.totpCredentials.useStep(personId, step);
        return attempt.succeed();
      });
    },
  };
}

/** The time step that the code belongs to, if it is near now and was not used (RFC 6238 §5.2). */
function acceptedStep(credential: TotpCredential, otp: string, now: Date): number | undefined {
  const { secret, digits, period } = credential;
  const current = Math.floor(now.getTime() / 1000 / period);
  // Every candidate is computed and compared, so that time tells nothing.
  const matching = [current - 1, current, current + 1].filter((step) => {
    const code = generateSync({ strategy: 'totp', secret, digits, period, epoch: step * period });
    return isSameCode(code, otp);
  });
  return matching.find((step) => step > credential.lastStep);
}
