import type { Case } from '../case.ts';
import { fail } from '../case.ts';
import type { Holder } from '../credentials/purse.ts';
import { brief, expectValid, expectWrong } from '../expectations.ts';
import { totpCode } from '../proofs/one-time-codes.ts';
import type { Opened, Trial } from '../trial.ts';
import { codeOtherThan, malformedDigits } from './code-shapes.ts';
import type { Prover } from './prover.ts';
import { replayCases } from './replays.ts';
import { standardCases } from './standard.ts';
import { nextStep, stepNow } from './time-steps.ts';

type Totp = Holder<'totp'>;

const codeAt = ({ credential }: Totp, step: number): string => totpCode(credential, step);

/** Everything that a server might take now, with one more step at each end. */
function codesNear(holder: Totp, trial: Trial): readonly string[] {
  const now = stepNow(holder, trial).step;
  return [-2, -1, 0, 1, 2].map((offset) => codeAt(holder, now + offset));
}

export const totpProver: Prover<'totp'> = {
  ...{ kind: 'totp', group: 'totp-01', clause: '§2, RFC 6238', tries: 5 },
  async right({ holder }, trial) {
    return { otp: codeAt(holder, await nextStep(holder, trial)) };
  },
  wrong: [
    {
      name: 'a number that is none of the codes',
      make({ holder }, trial) {
        const { digits } = holder.credential;
        return { otp: codeOtherThan(codesNear(holder, trial), digits) };
      },
    },
    {
      name: 'the code of an hour ago',
      make({ holder }, trial) {
        const { step } = stepNow(holder, trial);
        const old = codeAt(holder, step - Math.ceil(3600 / holder.credential.period));
        return codesNear(holder, trial).includes(old) ? undefined : { otp: old };
      },
    },
    { name: 'the code of somebody else', make: codeOfAnother },
  ],
  malformed: malformedDigits,
};

function codeOfAnother({ holder }: Opened<'totp'>, trial: Trial) {
  const { subject, credential } = holder;
  const other = trial.world.purse.subjects.find(
    ({ name, held }) => name !== subject.name && held.totp?.credential.digits === credential.digits,
  )?.held.totp;
  if (other === undefined) return undefined;
  const { step } = stepNow({ credential: other.credential }, trial);
  const otp = totpCode(other.credential, step);
  return codesNear(holder, trial).includes(otp) ? undefined : { otp };
}

const about = { group: 'totp-01', clause: '§2' } as const;

const specific: readonly Case[] = [
  {
    ...{ ...about, id: 'totp.members' },
    expected: 'The challenge has the right digits and period, and a prompt that is text',
    async perform(trial) {
      const { holder, challenge } = await trial.open('totp');
      const { digits = 6, period = 30, prompt } = challenge.members;
      const { credential } = holder;
      const came = `digits ${JSON.stringify(digits)}, period ${JSON.stringify(period)}`;
      if (digits !== credential.digits || period !== credential.period) fail(came);
      if (prompt !== undefined && typeof prompt !== 'string') fail('the prompt is no text');
      return came;
    },
  },
  {
    ...{ ...about, id: 'totp.window' },
    expected: 'The codes of the steps −1, 0 and +1 are accepted, in this order',
    async perform(trial) {
      const holder = trial.world.purse.lend('totp');
      // All before the first code: steps are short.
      const waiting = [await trial.openFor(holder), await trial.openFor(holder)];
      waiting.push(await trial.openFor(holder));
      const first = await nextStep(holder, trial, [-1]);
      trial.world.purse.moveCounter(holder, first + 2);
      const came: string[] = [];
      for (const [index, opened] of waiting.entries()) {
        const judgement = await trial.answer(opened, { otp: codeAt(holder, first + index) });
        came.push(`step ${index - 1}: ${brief(judgement)}`);
        if (judgement.outcome !== 'valid') fail(came.join('; '));
      }
      return came.join('; ');
    },
  },
  {
    ...{ ...about, id: 'totp.outside-window' },
    expected: 'The codes of the steps −2 and +2 are wrong',
    async perform(trial) {
      const holder = trial.world.purse.lend('totp', { failures: 2 });
      const opened = await trial.openFor(holder);
      const now = await nextStep(holder, trial, [0]);
      const near = [-1, 0, 1].map((offset) => codeAt(holder, now + offset));
      const came = [];
      for (const offset of [-2, 2]) {
        const otp = codeAt(holder, now + offset);
        if (near.includes(otp)) continue;
        came.push(expectWrong(await trial.answer(opened, { otp }), `step ${offset}`));
      }
      return came.join('; ');
    },
  },
  {
    ...{ ...about, id: 'totp.not-newer', clause: '§2, RFC 6238 §5.2' },
    expected: 'A code of a step before the last accepted one is wrong, though it was never used',
    async perform(trial) {
      const holder = trial.world.purse.lend('totp', { failures: 1 });
      const [first, second] = [await trial.openFor(holder), await trial.openFor(holder)];
      const step = await nextStep(holder, trial, [0]);
      const [before, after] = [codeAt(holder, step - 1), codeAt(holder, step)];
      await expectValid(trial, first, await trial.answer(first, { otp: after }));
      if (before === codeAt(holder, step + 1)) return 'the two codes happen to be one';
      return expectWrong(await trial.answer(second, { otp: before }), 'the step before');
    },
  },
];

export const totpCases: readonly Case[] = [
  ...standardCases(totpProver),
  ...replayCases(totpProver),
  ...specific,
];
