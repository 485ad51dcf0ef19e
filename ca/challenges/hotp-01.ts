import { generateSync } from 'otplib/functional';
import type { State } from '../state.ts';
import type { HotpCredential } from '../state/code-credentials.ts';
import type { AnsweredChallengeType, Verdict } from './challenge-type.ts';
import { isSameCode, readDigits } from './codes.ts';
import type { Throttle } from './throttle.ts';

export type HotpOptions = { readonly state: State; readonly throttle: Throttle };

/** RFC 4226 §7.4: how many codes may have been made and not used, before the one that is given. */
const LOOK_AHEAD = 5;

/** RFC 4226 codes, judged against the credential of the account's person. */
export function createHotp({ state, throttle }: HotpOptions): AnsweredChallengeType {
  return {
    kind: 'answered',
    type: 'hotp-01',
    suits: ({ person }) =>
      person !== undefined && state.hotpCredentials.find(person.id) !== undefined,
    describe({ person }) {
      const credential = person && state.hotpCredentials.find(person.id);
      if (person === undefined || credential === undefined) return {};
      return { digits: credential.digits, prompt: `Security token code for ${person.email}` };
    },
    answer({ challenge, person, payload }) {
      const otp = readDigits(payload);
      return state.transaction((): Verdict => {
        const credential = person && state.hotpCredentials.find(person.id);
        if (credential === undefined) return { outcome: 'unusable' };
        const { personId } = credential;
        const attempt = throttle.admit({ credential: `hotp:${personId}`, challenge });
        if (attempt.outcome !== 'admitted') return attempt;
        const counter = matchingCounter(credential, otp);
        if (counter === undefined) return attempt.fail();
        state.hotpCredentials.advance(personId, counter + 1);
        return attempt.succeed();
      });
    },
  };
}

function matchingCounter(credential: HotpCredential, otp: string): number | undefined {
  const candidates = Array.from(
    { length: LOOK_AHEAD + 1 },
    (_, index) => credential.counter + index,
  );
  // Every candidate is computed and compared, so that time tells nothing.
  const matching = candidates.filter((counter) => isSameCode(hotpCode(credential, counter), otp));
  return matching[0];
}

/** The code of a counter (RFC 4226 §5.3). */
export function hotpCode(
  { secret, digits }: Pick<HotpCredential, 'secret' | 'digits'>,
  counter: number,
): string {
  return generateSync({ strategy: 'hotp', secret, digits, counter });
}
