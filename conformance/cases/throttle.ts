import type { Case } from '../case.ts';
import { fail } from '../case.ts';
import type { Kind } from '../credentials/credentials.ts';
import { brief, expectUntouched, expectWrong } from '../expectations.ts';
import type { Trial } from '../trial.ts';
import { wrongResponse } from './prover.ts';
import type { Prover } from './prover.ts';
import type { Holder } from '../credentials/purse.ts';

/** Failures within an hour that lock a credential (docs/wire-profile.md §1). */
const FAILURES = 10;

/** Locks an expendable credential, so it comes last. */
export function throttleCase<K extends Kind>(prover: Prover<K>): Case {
  const { kind, group } = prover;
  return {
    ...{ id: `${kind}.throttle`, group, clause: '§1, throttle', turn: 'last' },
    expected:
      'Ten failures lock the credential whatever the challenge and the account: 429 rateLimited with Retry-After, and the response is not judged',
    async perform(trial) {
      const { purse } = trial.world;
      const holder = purse.lend(kind, { expendable: true });
      const several = holder.subject.externalAccounts.some(({ reusable }) => reusable);
      const accounts = several ? 2 : holder.subject.externalAccounts.length;
      let challenges = 0;
      while (purse.failuresOf(holder) < FAILURES) {
        const index = challenges % Math.max(1, Math.min(2, accounts));
        await failAtOne(prover, { holder, index }, trial);
        challenges += 1;
      }
      const opened = await trial.openFor(holder);
      const judgement = await trial.answer(opened, await prover.right(opened, trial));
      const [reply] = judgement.replies;
      const came = `a right response after ${FAILURES} failures in ${challenges} challenges: ${brief(judgement)}`;
      if (judgement.status !== 429 || judgement.problem?.type !== 'rateLimited') fail(came);
      const retryAfter = reply?.headers['retry-after'];
      if (retryAfter === undefined) fail(`${came}, without Retry-After`);
      await expectUntouched(trial, opened, came);
      return `${came}, Retry-After ${retryAfter}`;
    },
  };
}

/** As many wrong responses as one challenge takes and the lock allows. */
async function failAtOne<K extends Kind>(
  prover: Prover<K>,
  { holder, index }: { readonly holder: Holder<K>; readonly index: number },
  trial: Trial,
): Promise<void> {
  const { purse } = trial.world;
  const opened = await trial.openFor(holder, index);
  for (let tries = 0; tries < prover.tries && purse.failuresOf(holder) < FAILURES; tries += 1) {
    const challenge = await trial.challenge(opened.account, opened.challenge.url);
    const wrong = wrongResponse(prover, { ...opened, challenge }, trial);
    const count = purse.failuresOf(holder) + 1;
    expectWrong(await trial.answer(opened, wrong), `failure ${count}`);
  }
}
