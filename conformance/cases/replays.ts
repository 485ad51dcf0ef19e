import { readChallenge, readJson } from '../acme/objects.ts';
import type { Reply } from '../acme/transport.ts';
import type { Case } from '../case.ts';
import { fail } from '../case.ts';
import type { Kind } from '../credentials/credentials.ts';
import { expectValid, expectWrong } from '../expectations.ts';
import { briefReply, problemOf } from '../trial.ts';
import type { Prover } from './prover.ts';

const RACERS = 4;

const isProcessing = (reply: Reply): boolean =>
  reply.status === 200 && readChallenge(readJson(reply, 'a challenge')).status === 'processing';

/** A code works once, on whichever challenge it comes first; for kinds whose right response is the same for all challenges. */
export function replayCases<K extends Kind>(prover: Prover<K>): readonly Case[] {
  const { kind, group, clause } = prover;
  return [
    {
      ...{ id: `${kind}.replay-other-challenge`, group, clause },
      expected: 'A code that was accepted is wrong on another challenge of the account',
      async perform(trial) {
        const first = await trial.open(kind, { failures: 1 });
        const second = await trial.openFor(first.holder);
        const right = await prover.right(first, trial);
        await expectValid(trial, first, await trial.answer(first, right));
        return expectWrong(await trial.answer(second, right), 'again', prover.tries - 1);
      },
    },
    {
      ...{ id: `${kind}.replay-other-account`, group, clause },
      expected: 'A code that was accepted is wrong from another account of the same person',
      async perform(trial) {
        const first = await trial.open(kind, { failures: 1, accounts: 2 });
        const second = await trial.openFor(first.holder, 1);
        const right = await prover.right(first, trial);
        await expectValid(trial, first, await trial.answer(first, right));
        return expectWrong(await trial.answer(second, right), 'again', prover.tries - 1);
      },
    },
    {
      ...{ id: `${kind}.race-challenges`, group, clause: `§1.7, ${clause}` },
      expected:
        'Of equal right codes for several challenges at the same time exactly one is accepted',
      async perform(trial) {
        const holder = trial.world.purse.lend(kind, { failures: RACERS - 1 });
        const racers = [];
        for (let index = 0; index < RACERS; index += 1) racers.push(await trial.openFor(holder));
        const [first] = racers;
        if (first === undefined) throw new RangeError('nobody races');
        const right = await prover.right(first, trial);
        const replies = await Promise.all(racers.map((one) => trial.send(one, right)));
        const came = replies.map(briefReply).sort().join(', ');
        let valid = 0;
        for (const opened of racers) {
          const { status, error } = await trial.settled(opened);
          if (status === 'valid') valid += 1;
          else trial.world.purse.countFailure(holder);
          if (status !== 'valid' && error?.type !== 'incorrectResponse') {
            fail(`${came}; a challenge is ${status} with ${error?.type ?? 'no error'}`);
          }
        }
        const told = replies.filter((reply) => problemOf(reply) === undefined).length;
        const isSame = told === valid || replies.some(isProcessing);
        if (!isSame) fail(`${came}; ${valid} challenges are valid`);
        return valid === 1 ? came : fail(`${came}; ${valid} challenges are valid`);
      },
    },
  ];
}
