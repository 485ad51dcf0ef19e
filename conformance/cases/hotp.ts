import type { Case } from '../case.ts';
import { fail } from '../case.ts';
import type { Holder } from '../credentials/purse.ts';
import { expectValid, expectWrong } from '../expectations.ts';
import { hotpCode } from '../proofs/one-time-codes.ts';
import type { Opened, Trial } from '../trial.ts';
import { codeOtherThan, malformedDigits } from './code-shapes.ts';
import type { Prover } from './prover.ts';
import { replayCases } from './replays.ts';
import { standardCases } from './standard.ts';

type Hotp = Holder<'hotp'>;

/** The counter and those after it at which a server looks. */
const WINDOW = 5;

const codeAt = ({ credential }: Hotp, counter: number): string => hotpCode(credential, counter);

const counterOf = (holder: Hotp, { world }: Trial): number =>
  world.purse.counter(holder, holder.credential.counter);

/** Everything that the server might take. */
function codesNear(holder: Hotp, trial: Trial): readonly string[] {
  const counter = counterOf(holder, trial);
  return Array.from({ length: 2 * WINDOW + 2 }, (_, ahead) => codeAt(holder, counter + ahead));
}

/** The next code, which counts as used from here on. */
function useCode(holder: Hotp, trial: Trial, ahead = 0): string {
  const counter = counterOf(holder, trial) + ahead;
  trial.world.purse.moveCounter(holder, counter + 1);
  return codeAt(holder, counter);
}

/** Codes that were made and not taken are ahead of the server's counter: one that is accepted brings both together. */
async function synchronized(failures: number, trial: Trial): Promise<Hotp> {
  const opened = await trial.open('hotp', { failures });
  const { holder } = opened;
  await expectValid(trial, opened, await trial.answer(opened, { otp: useCode(holder, trial) }));
  return holder;
}

export const hotpProver: Prover<'hotp'> = {
  ...{ kind: 'hotp', group: 'hotp-01', clause: '§2, RFC 4226', tries: 5 },
  right: ({ holder }, trial) => ({ otp: useCode(holder, trial) }),
  wrong: [
    {
      name: 'a number that is none of the codes',
      make({ holder }, trial) {
        const otp = codeOtherThan(codesNear(holder, trial), holder.credential.digits);
        return { otp };
      },
    },
    { name: 'a code far ahead', make: codeFarAhead },
    { name: 'the code of somebody else', make: codeOfAnother },
  ],
  malformed: malformedDigits,
};

function codeFarAhead({ holder }: Opened<'hotp'>, trial: Trial) {
  const otp = codeAt(holder, counterOf(holder, trial) + 500);
  return codesNear(holder, trial).includes(otp) ? undefined : { otp };
}

function codeOfAnother({ holder }: Opened<'hotp'>, trial: Trial) {
  const { subject, credential } = holder;
  const other = trial.world.purse.subjects.find(
    ({ name, held }) => name !== subject.name && held.hotp?.credential.digits === credential.digits,
  )?.held.hotp?.credential;
  const otp = other && hotpCode(other, other.counter);
  const usable = otp !== undefined && !codesNear(holder, trial).includes(otp);
  return usable ? { otp } : undefined;
}

const about = { group: 'hotp-01', clause: '§2, RFC 4226 §7.4' } as const;

const specific: readonly Case[] = [
  {
    ...{ ...about, id: 'hotp.members', clause: '§2' },
    expected: 'The challenge has the right digits, no period, and a prompt that is text',
    async perform(trial) {
      const { holder, challenge } = await trial.open('hotp');
      const { digits = 6, period, prompt } = challenge.members;
      const came = `digits ${JSON.stringify(digits)}`;
      if (digits !== holder.credential.digits) fail(came);
      if (period !== undefined) fail('there is a period, which is for totp-01');
      if (prompt !== undefined && typeof prompt !== 'string') fail('the prompt is no text');
      return came;
    },
  },
  {
    ...{ ...about, id: 'hotp.look-ahead' },
    expected:
      'The code five after the counter is accepted, and those that were skipped are wrong from then on',
    async perform(trial) {
      const holder = await synchronized(1, trial);
      const skipped = codeAt(holder, counterOf(holder, trial) + 2);
      const [first, second] = [await trial.openFor(holder), await trial.openFor(holder)];
      const otp = useCode(holder, trial, WINDOW);
      const came = await expectValid(trial, first, await trial.answer(first, { otp }));
      if (codesNear(holder, trial).includes(skipped)) return came;
      const judgement = await trial.answer(second, { otp: skipped });
      return `${came}; ${expectWrong(judgement, 'a skipped one')}`;
    },
  },
  {
    ...{ ...about, id: 'hotp.beyond-look-ahead' },
    expected: 'The code six after the counter is wrong, and does not move the counter',
    async perform(trial) {
      const holder = await synchronized(1, trial);
      const far = codeAt(holder, counterOf(holder, trial) + WINDOW + 1);
      if (
        codesNear(holder, trial)
          .slice(0, WINDOW + 1)
          .includes(far)
      ) {
        return 'the two codes happen to be one';
      }
      const opened = await trial.openFor(holder);
      const came = expectWrong(await trial.answer(opened, { otp: far }), 'six after');
      const judgement = await trial.answer(opened, { otp: useCode(holder, trial) });
      return `${came}; then the next: ${await expectValid(trial, opened, judgement)}`;
    },
  },
];

export const hotpCases: readonly Case[] = [
  ...standardCases(hotpProver),
  ...replayCases(hotpProver),
  ...specific,
];
