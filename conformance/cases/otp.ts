import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Challenge } from '../acme/objects.ts';
import type { Case } from '../case.ts';
import { fail, notApplicable, skip } from '../case.ts';
import type { Otp, Subject } from '../credentials/credentials.ts';
import type { Holder } from '../credentials/purse.ts';
import { expectValid, expectWrong } from '../expectations.ts';
import { ocraCode } from '../proofs/one-time-codes.ts';
import type { Opened, Trial } from '../trial.ts';
import { codeOtherThan, malformedTexts } from './code-shapes.ts';
import type { Prover } from './prover.ts';
import { standardCases } from './standard.ts';

/** Milliseconds that a command has for a password: somebody may have to press a button. */
const COMMAND_TIME = 60_000;

async function passwordFor(
  { holder, challenge }: Pick<Opened<'otp'>, 'holder' | 'challenge'>,
  trial: Trial,
): Promise<string> {
  const { credential } = holder;
  switch (credential.by) {
    case 'ocra':
      return ocraCode(credential.suite, credential.key, questionOf(challenge));
    case 'list':
      return nextOf(credential.passwords, holder, trial);
    case 'command':
      return ask(credential.command, challenge);
  }
}

/** What the token is to be given; ends the case when it is no number. */
function questionOf({ members: { display } }: Challenge): string {
  const question = typeof display === 'string' ? display.replace(/[ -]/g, '') : '';
  return /^\d{4,64}$/.test(question)
    ? question
    : fail('the display of the challenge is no question');
}

function nextOf(passwords: readonly string[], holder: Holder<'otp'>, { world }: Trial): string {
  const used = world.purse.counter(holder, 0);
  world.purse.moveCounter(holder, used + 1);
  return passwords[used] ?? skip('the list of one-time passwords is used up');
}

/** The display and the prompt come in the environment; the password is what is printed. */
async function ask(command: readonly string[], { members }: Challenge): Promise<string> {
  const [program = '', ...parameters] = command;
  const { display = '', prompt = '' } = members;
  const told = { OTP_DISPLAY: String(display), OTP_PROMPT: String(prompt) };
  const options = { env: { ...process.env, ...told }, timeout: COMMAND_TIME };
  try {
    return (await promisify(execFile)(program, parameters, options)).stdout.trim();
  } catch {
    // Its message may hold what the program printed.
    return skip('the command for one-time passwords failed');
  }
}

export const otpProver: Prover<'otp'> = {
  ...{ kind: 'otp', group: 'otp-01', clause: '§2', tries: 5 },
  async right(opened, trial) {
    return { otp: await passwordFor(opened, trial) };
  },
  wrong: [
    {
      name: 'another password',
      make(opened) {
        const { credential } = opened.holder;
        const right =
          credential.by === 'ocra'
            ? [ocraCode(credential.suite, credential.key, questionOf(opened.challenge))]
            : [];
        return { otp: codeOtherThan(right, right[0]?.length ?? 12) };
      },
    },
    {
      name: '64 characters',
      make: () => ({ otp: `wrong ${'x'.repeat(58)}` }),
    },
    { name: 'every kind of character', make: () => ({ otp: '~ !"\\/<>&;$(x)' }) },
  ],
  malformed: malformedTexts,
};

const byQuestion = {
  test: ({ held }: Subject) => held.otp?.credential.by === 'ocra',
  words: 'an otp with an OCRA suite',
};

const answersOnce: readonly Otp['by'][] = ['list', 'ocra'];
const byUs = {
  test: ({ held }: Subject) => answersOnce.includes(held.otp?.credential.by ?? 'command'),
  words: 'an otp with an OCRA suite or a list',
};

const about = { group: 'otp-01', clause: '§2' } as const;

const specific: readonly Case[] = [
  {
    ...{ ...about, id: 'otp.members' },
    expected:
      'display, if any, has at most 64 characters, the prompt is text, and neither is in the token',
    async perform(trial) {
      const { challenge } = await trial.open('otp');
      const { display, prompt } = challenge.members;
      if (prompt !== undefined && typeof prompt !== 'string') fail('the prompt is no text');
      if (display === undefined) return 'no display';
      if (typeof display !== 'string') return fail('the display is no text');
      const { length } = Array.from(display);
      if (length === 0 || length > 64) fail(`the display has ${length} characters`);
      return `a display of ${length} characters`;
    },
  },
  {
    ...{ ...about, id: 'otp.question-differs' },
    expected: 'A question is made for one challenge: two challenges have two',
    async perform(trial) {
      const first = await trial.open('otp', { suits: byQuestion });
      const second = await trial.openFor(first.holder);
      const [one, other] = [questionOf(first.challenge), questionOf(second.challenge)];
      return one === other ? fail('both have the same') : 'two questions';
    },
  },
  {
    ...{ ...about, id: 'otp.question-once' },
    expected:
      'A question is good for one response: after a wrong one there is another, and the old answer is wrong',
    async perform(trial) {
      const opened = await trial.open('otp', { failures: 2, suits: byQuestion });
      const [otherWay] = otpProver.wrong;
      const wrong = otherWay?.make(opened, trial);
      const old = await passwordFor(opened, trial);
      expectWrong(await trial.answer(opened, wrong ?? {}), 'a wrong one');
      const challenge = await trial.challenge(opened.account, opened.challenge.url);
      if (questionOf(challenge) === questionOf(opened.challenge)) fail('the question is the same');
      const renewed = { ...opened, challenge };
      if (old === (await passwordFor(renewed, trial))) notApplicable('both have one answer');
      const came = expectWrong(await trial.answer(renewed, { otp: old }), 'the old answer');
      return `another question; ${came}`;
    },
  },
  {
    ...{ ...about, id: 'otp.replay-other-challenge' },
    expected: 'A password that was accepted is wrong on another challenge',
    async perform(trial) {
      const first = await trial.open('otp', { failures: 1, suits: byUs });
      const second = await trial.openFor(first.holder);
      const otp = await passwordFor(first, trial);
      await expectValid(trial, first, await trial.answer(first, { otp }));
      return expectWrong(await trial.answer(second, { otp }), 'again', otpProver.tries - 1);
    },
  },
];

export const otpCases: readonly Case[] = [...standardCases(otpProver), ...specific];
