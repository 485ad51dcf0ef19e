import type { Case } from '../case.ts';
import { fail } from '../case.ts';
import type { Kind } from '../credentials/credentials.ts';
import { briefReply, problemOf } from '../trial.ts';
import { wrongResponse } from './prover.ts';
import type { Prover } from './prover.ts';

/** Requests that run at the same time. */
const RACERS = 4;

/** Right responses to one challenge at the same moment. */
export function raceCase<K extends Kind>(prover: Prover<K>): Case {
  const { kind, group } = prover;
  return {
    ...{ id: `${kind}.race-one-challenge`, group, clause: '§1.7' },
    expected:
      'Of equal right responses to one challenge at the same time one is judged, and none is found wrong',
    async perform(trial) {
      const opened = await trial.open(kind, { failures: 1 });
      const right = await prover.right(opened, trial);
      const racers = Array.from({ length: RACERS }, () => trial.send(opened, right));
      const replies = await Promise.all(racers);
      const came = replies.map(briefReply).sort().join(', ');
      const strange = replies.some(
        (reply) => reply.status !== 200 && problemOf(reply)?.type !== 'malformed',
      );
      if (strange) fail(came);
      const { status } = await trial.settled(opened);
      return status === 'valid' ? came : fail(`${came}; the challenge is ${status}`);
    },
  };
}

/** Wrong responses to one challenge at the same moment. */
export function guessingCase<K extends Kind>(prover: Prover<K>): Case {
  const { kind, group, tries } = prover;
  return {
    ...{ id: `${kind}.race-guesses`, group, clause: '§1.7' },
    expected: `Of many wrong responses to one challenge at the same time no more than ${tries} are judged`,
    async perform(trial) {
      const opened = await trial.open(kind, { failures: tries });
      const wrong = wrongResponse(prover, opened, trial);
      const racers = Array.from({ length: tries + 3 }, () => trial.send(opened, wrong));
      const replies = await Promise.all(racers);
      const judged = replies.filter((reply) => problemOf(reply)?.type === 'incorrectResponse');
      // Those that were answered with `processing` may count as well.
      for (let count = 0; count < Math.max(judged.length, tries); count += 1) {
        trial.world.purse.countFailure(opened.holder);
      }
      const came = replies.map(briefReply).sort().join(', ');
      if (judged.length > tries) fail(came);
      const { status } = await trial.settled(opened);
      return status === 'valid' ? fail(`${came}; the challenge is valid`) : came;
    },
  };
}
