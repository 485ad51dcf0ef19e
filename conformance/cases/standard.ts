import type { Json } from '../acme/objects.ts';
import type { Case } from '../case.ts';
import { fail } from '../case.ts';
import type { Kind } from '../credentials/credentials.ts';
import { brief, expectMalformed, expectOver, expectUntouched } from '../expectations.ts';
import { expectValid, expectWrong } from '../expectations.ts';
import { briefReply, problemOf } from '../trial.ts';
import type { Judgement, Opened, Trial } from '../trial.ts';
import { wrongResponse, wrongResponses } from './prover.ts';
import type { Prover } from './prover.ts';
import { guessingCase, raceCase } from './races.ts';
import { throttleCase } from './throttle.ts';

/** What holds for every kind of proof (docs/wire-profile.md §1). */
export function standardCases<K extends Kind>(prover: Prover<K>): readonly Case[] {
  return [
    ...acceptedCases(prover),
    ...refusedCases(prover),
    ...countedCases(prover),
    ...silentCases(prover),
    raceCase(prover),
    // Nobody guesses a signature, and each try brings the lock nearer.
    ...(isCode(prover.kind) ? [guessingCase(prover)] : []),
    throttleCase(prover),
  ];
}

const isCode = (kind: Kind): boolean => ['totp', 'hotp', 'otp'].includes(kind);

function acceptedCases<K extends Kind>(prover: Prover<K>): readonly Case[] {
  const { kind, group, clause } = prover;
  return [
    {
      ...{ id: `${kind}.accepted`, group, clause },
      expected: 'A right response makes challenge and authorization valid and the order ready',
      async perform(trial) {
        const opened = await trial.open(kind);
        const judgement = await trial.answer(opened, await prover.right(opened, trial));
        const came = await expectValid(trial, opened, judgement);
        const order = await trial.orderStatus(opened);
        if (order !== 'ready') await expectOthersPending(trial, opened, order);
        return `${came}, order ${order}`;
      },
    },
    {
      ...{ id: `${kind}.unknown-members`, group, clause: '§1.2' },
      expected: 'Members of a response that mean nothing are ignored',
      async perform(trial) {
        const opened = await trial.open(kind);
        const right = await prover.right(opened, trial);
        const more = { ...right, status: 'valid', unheardOf: { of: [1, null] } };
        return expectValid(trial, opened, await trial.answer(opened, more));
      },
    },
    {
      ...{ id: `${kind}.after-valid`, group, clause: '§1, table' },
      expected: 'A challenge that is valid takes no other response: 400 malformed, unchanged',
      async perform(trial) {
        const opened = await trial.open(kind);
        const right = await prover.right(opened, trial);
        await expectValid(trial, opened, await trial.answer(opened, right));
        const came = expectMalformed(await trial.send(opened, right), 'the same again');
        const { status } = await trial.challenge(opened.account, opened.challenge.url);
        return status === 'valid' ? came : fail(`the challenge has become ${status}`);
      },
    },
  ];
}

/** RFC 8555 §7.1.3: an order may want more proven than was ordered. */
async function expectOthersPending(
  trial: Trial,
  { account, orderUrl }: Opened<Kind>,
  order: string,
): Promise<void> {
  const { authorizations } = await trial.order(account, orderUrl);
  const statuses = [];
  for (const url of authorizations) statuses.push((await trial.authorization(account, url)).status);
  const waits = order === 'pending' && statuses.includes('pending');
  if (!waits) fail(`authorizations ${statuses.join(', ')}, order ${order}`);
}

function refusedCases<K extends Kind>(prover: Prover<K>): readonly Case[] {
  const { kind, group, tries } = prover;
  return [
    {
      ...{ id: `${kind}.malformed`, group, clause: '§1.7' },
      expected: 'What has not the right shape is 400 malformed, and costs no attempt',
      async perform(trial) {
        const opened = await trial.open(kind, { failures: 1 });
        for (const { name, payload } of prover.malformed) {
          expectMalformed(await trial.send(opened, payload), name);
        }
        await expectUntouched(trial, opened, 'after them');
        const wrong = wrongResponse(prover, opened, trial);
        const came = expectWrong(await trial.answer(opened, wrong), 'then a wrong one', tries - 1);
        return `${prover.malformed.length} times 400 malformed; ${came}`;
      },
    },
    {
      ...{ id: `${kind}.wrong-then-right`, group, clause: '§1, table' },
      expected:
        'After a wrong response the challenge waits, with the problem in it, and takes the right one',
      async perform(trial) {
        const opened = await trial.open(kind, { failures: 1 });
        const { account, challenge, authorizationUrl } = opened;
        const wrong = wrongResponse(prover, opened, trial);
        const came = expectWrong(await trial.answer(opened, wrong), 'wrong', tries - 1);
        const again = await trial.challenge(account, challenge.url);
        if (again.status !== 'pending' || again.error?.type !== 'incorrectResponse') {
          fail(`the challenge is ${again.status} with ${again.error?.type ?? 'no error'}`);
        }
        const { status } = await trial.authorization(account, authorizationUrl);
        if (status !== 'pending') fail(`the authorization is ${status}`);
        const waiting = { ...opened, challenge: again };
        const judgement = await trial.answer(waiting, await prover.right(waiting, trial));
        return `${came}; then ${await expectValid(trial, waiting, judgement)}`;
      },
    },
    {
      ...{ id: `${kind}.foreign-account`, group, clause: '§1.7, RFC 8555 §7.5.1' },
      expected: "A response from somebody else's account is refused before it is looked at",
      async perform(trial) {
        const opened = await trial.open(kind, { accounts: 1 });
        const other = await otherAccount(trial, opened);
        const right = await prover.right(opened, trial);
        const reply = await other.post(opened.challenge.url, right);
        const type = problemOf(reply)?.type;
        const isRefusal = [401, 403, 404].includes(reply.status);
        if (!isRefusal || type === 'incorrectResponse') fail(briefReply(reply));
        await expectUntouched(trial, opened, 'after it');
        return briefReply(reply);
      },
    },
  ];
}

async function otherAccount(trial: Trial, { holder: { subject } }: Opened<Kind>) {
  const { purse, accounts } = trial.world;
  const others = purse.subjects.filter((one) => one !== subject && one.externalAccounts.length > 0);
  return accounts.of(others[0] ?? subject, others[0] === undefined ? 1 : 0);
}

type Exhausted<K extends Kind> = {
  readonly opened: Opened<K>;
  readonly answers: readonly { readonly name: string; readonly judgement: Judgement }[];
};

/** All tries of one challenge, each wrong in another way as far as there are ways; done once for all who ask. */
function exhausting<K extends Kind>(prover: Prover<K>): (trial: Trial) => Promise<Exhausted<K>> {
  return (trial) =>
    trial.once(`${prover.kind}.exhausted`, async () => {
      const opened = await trial.open(prover.kind, { failures: prover.tries });
      const answers = [];
      for (let index = 0; index < prover.tries; index += 1) {
        // Made anew for each: a response may be good for one challenge as it was shown last.
        const challenge = await trial.challenge(opened.account, opened.challenge.url);
        const kinds = wrongResponses(prover, { ...opened, challenge }, trial);
        const next = kinds[index % kinds.length];
        if (next === undefined) throw new RangeError('nothing wrong can be made');
        answers.push({ name: next.name, judgement: await trial.answer(opened, next.payload) });
      }
      return { opened, answers };
    });
}

function countedCases<K extends Kind>(prover: Prover<K>): readonly Case[] {
  const { kind, group, tries } = prover;
  const exhaust = exhausting(prover);
  return [
    {
      ...{ id: `${kind}.tries`, group, clause: '§1, table and throttle' },
      expected: `A challenge takes ${tries} wrong responses and says how many are left; the last ends challenge, authorization and order`,
      async perform(trial) {
        const { opened, answers } = await exhaust(trial);
        answers.forEach(({ name, judgement }, index) =>
          expectWrong(judgement, name, tries - 1 - index),
        );
        await expectOver(trial, opened, 'after the last');
        return `attemptsRemaining ${tries - 1} to 0, then invalid`;
      },
    },
    {
      ...{ id: `${kind}.one-more-try`, group, clause: '§1, table' },
      expected: 'After the last try even a right response is 400 malformed, and changes nothing',
      async perform(trial) {
        const { opened } = await exhaust(trial);
        const right = await prover.right(opened, trial);
        const came = expectMalformed(await trial.send(opened, right), 'a right one');
        await expectOver(trial, opened, 'after it');
        return came;
      },
    },
  ];
}

/** What the refusals of an exhausted challenge give away. */
function silentCases<K extends Kind>(prover: Prover<K>): readonly Case[] {
  const { kind, group } = prover;
  const exhaust = exhausting(prover);
  return [
    {
      ...{ id: `${kind}.no-oracle`, group, clause: '§1, table' },
      expected: 'All wrong responses are refused alike: status, type and detail do not tell why',
      async perform(trial) {
        const { answers } = await exhaust(trial);
        const told = new Map(
          answers.map(({ name, judgement: { status, problem } }) => [
            JSON.stringify([status, problem?.type, problem?.detail]),
            name,
          ]),
        );
        const names = new Set(answers.map(({ name }) => name));
        if (told.size > 1) fail(`told apart: ${[...told.values()].join('; ')}`);
        return `alike: ${[...names].join('; ')}`;
      },
    },
    {
      ...{ id: `${kind}.not-echoed`, group, clause: '§1.6' },
      expected: 'No answer, challenge, authorization or order repeats a response',
      async perform(trial) {
        const { opened, answers } = await exhaust(trial);
        const { account, challenge, authorizationUrl, orderUrl } = opened;
        const said = answers.flatMap(({ judgement }) => judgement.replies);
        for (const url of [challenge.url, authorizationUrl, orderUrl]) {
          said.push(await account.post(url, ''));
        }
        const echo = said.find((reply) => trial.repeatsProof(reply));
        if (trial.world.echoed.has(kind)) fail('an answer to a response repeats it');
        return echo === undefined
          ? `${said.length} answers without a response in them`
          : fail(`an answer with ${echo.status} repeats what was sent`);
      },
    },
  ];
}

type Tried<K extends Kind> = { readonly opened: Opened<K>; readonly judgement: Judgement };

/** What the tries of a challenge were spent on is not tried again: each failure brings the credential nearer to its lock. */
async function tryDeviation<K extends Kind>(
  prover: Prover<K>,
  { name, make }: Pick<Deviating<K>, 'name' | 'make'>,
  trial: Trial,
): Promise<Tried<K>> {
  if (prover.wrong.some((one) => one.name === name)) {
    const { opened, answers } = await exhausting(prover)(trial);
    const found = answers.find((one) => one.name === name);
    if (found !== undefined) return { opened, judgement: found.judgement };
  }
  const opened = await trial.open(prover.kind, { failures: 1 });
  return { opened, judgement: await trial.answer(opened, make(opened, trial)) };
}

type Deviating<K extends Kind> = {
  readonly name: string;
  readonly expected: string;
  readonly clause?: string;
  /** What it may be called: wrong, wrong or malformed, wrong or unauthorized. */
  readonly as: readonly ('incorrectResponse' | 'malformed' | 'unauthorized')[];
  readonly make: (opened: Opened<K>, trial: Trial) => Json;
};

/** For cases that judge a single wrong response. */
export function deviationCase<K extends Kind>(prover: Prover<K>, deviation: Deviating<K>): Case {
  const { kind, group } = prover;
  return {
    ...{ id: `${kind}.${deviation.name}`, group, clause: deviation.clause ?? prover.clause },
    expected: deviation.expected,
    async perform(trial) {
      const { opened, judgement } = await tryDeviation(prover, deviation, trial);
      const came = brief(judgement);
      const type = judgement.problem?.type ?? '';
      const { outcome } = judgement;
      if (outcome === 'valid' || !(deviation.as as readonly string[]).includes(type)) fail(came);
      const { account, authorizationUrl } = opened;
      const { status } = await trial.authorization(account, authorizationUrl);
      if (status === 'valid') fail(`${came}, but the authorization is valid`);
      return came;
    },
  };
}
