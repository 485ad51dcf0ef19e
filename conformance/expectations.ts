import type { Reply } from './acme/transport.ts';
import { fail } from './case.ts';
import type { Kind } from './credentials/credentials.ts';
import { briefReply, problemOf } from './trial.ts';
import type { Judgement, Opened, Trial } from './trial.ts';

/** What came, in short: never a text of the server's, which might repeat a secret. */
export function brief({ status, outcome, problem, deliberated }: Judgement): string {
  const later = deliberated ? ', after processing' : '';
  if (outcome === 'valid') return `${status} valid${later}`;
  const remaining =
    problem?.attemptsRemaining === undefined
      ? ''
      : `, attemptsRemaining ${JSON.stringify(problem.attemptsRemaining)}`;
  return `${status} ${problem?.type ?? 'no error'}${remaining}${later}`;
}

/** The response was accepted, and so challenge and authorization are valid. */
export async function expectValid(
  trial: Trial,
  opened: Opened<Kind>,
  judgement: Judgement,
): Promise<string> {
  if (judgement.outcome !== 'valid') fail(`a right response: ${brief(judgement)}`);
  const { account, authorizationUrl } = opened;
  const { status } = await trial.authorization(account, authorizationUrl);
  if (status !== 'valid') fail(`the challenge is valid and the authorization ${status}`);
  return brief(judgement);
}

/** It was judged and found wrong (docs/wire-profile.md §1). `remaining`: so many tries are left. */
export function expectWrong(judgement: Judgement, what: string, remaining?: number): string {
  const { problem, status, deliberated } = judgement;
  const came = `${what}: ${brief(judgement)}`;
  if (problem?.type !== 'incorrectResponse') fail(came);
  if (status !== (deliberated ? 200 : 403)) fail(came);
  const left = problem.attemptsRemaining;
  if (typeof left !== 'number' || !Number.isInteger(left) || left < 0) {
    fail(`${came}: attemptsRemaining is no number`);
  }
  if (remaining !== undefined && left !== remaining) fail(`${came}, not ${remaining}`);
  return came;
}

/** Refused for good: no usable credential. */
export async function expectUnusable(
  trial: Trial,
  opened: Opened<Kind>,
  { judgement, what }: { readonly judgement: Judgement; readonly what: string },
): Promise<string> {
  const { problem, status, deliberated } = judgement;
  const came = `${what}: ${brief(judgement)}`;
  if (problem?.type !== 'unauthorized' || status !== (deliberated ? 200 : 403)) fail(came);
  await expectOver(trial, opened, what);
  return came;
}

/** Challenge, authorization and order are invalid. */
export async function expectOver(trial: Trial, opened: Opened<Kind>, what: string): Promise<void> {
  const { account, authorizationUrl, challenge } = opened;
  const { status } = await trial.challenge(account, challenge.url);
  const authorization = await trial.authorization(account, authorizationUrl);
  const order = await trial.orderStatus(opened);
  if (![status, authorization.status, order].every((one) => one === 'invalid')) {
    fail(`${what}: challenge ${status}, authorization ${authorization.status}, order ${order}`);
  }
}

/** Not an object of the right shape, or not the moment for one; nothing changes by it. */
export function expectMalformed(reply: Reply, what: string): string {
  const came = `${what}: ${briefReply(reply)}`;
  if (reply.status !== 400 || problemOf(reply)?.type !== 'malformed') fail(came);
  return came;
}

/** The challenge waits as if nothing had been sent. */
export async function expectUntouched(
  trial: Trial,
  { account, challenge: { url } }: Opened<Kind>,
  what: string,
): Promise<void> {
  const { status, error } = await trial.challenge(account, url);
  if (status !== 'pending') fail(`${what}: the challenge is ${status}`);
  if (error !== undefined) fail(`${what}: the challenge has the error ${error.type}`);
}
