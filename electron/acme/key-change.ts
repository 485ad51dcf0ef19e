import type { Signer } from '../keys/signer.ts';
import type { AccountSession } from './account-session.ts';
import { parseChallenge } from './challenge.ts';
import type { JsonObject } from './json.ts';
import { signJws } from './jws.ts';
import { poll, type PollPace } from './poll.ts';
import { AcmeProblem } from './problem.ts';
import { AcmeOutcomeUnknown, AcmePollDeadline, AcmeRequestError } from './protocol-error.ts';
import { refusalOf } from './refusal.ts';
import { isJudged } from './responses-in-flight.ts';

export interface KeyChangeOptions {
  /** Milliseconds that the CA gets to judge responses that are on their way. */
  readonly patience?: number;
}

const defaultPatience = 30_000;

/**
 * The key was not changed, as responses to challenges are still to be judged: RFC 8555 §8.1 makes key authorizations of
 * the key, so each of them would fail or not by chance. Wait for them, or deactivate their authorizations.
 */
export class KeyChangeBlocked extends Error {
  readonly code = 'acme-key-change-blocked';
  readonly challenges: readonly string[];

  constructor(challenges: readonly string[], options: ErrorOptions) {
    super('changing the account key: responses are on their way', options);
    this.name = 'KeyChangeBlocked';
    this.challenges = challenges;
  }
}

/** Another account has that key (RFC 8555 §7.3.5); this one keeps the key that it had. */
export class KeyInUse extends Error {
  readonly code = 'acme-key-in-use';
  /** URL of the account that has it. */
  readonly account: string;

  constructor(account: string, options: ErrorOptions) {
    super('changing the account key: another account has that key', options);
    this.name = 'KeyInUse';
    this.account = account;
  }
}

const doing = 'changing the account key';

/** RFC 8555 §7.3.5. While it lasts nothing else is signed, neither with the old key nor with the new one. */
export async function changeKey(
  session: AccountSession,
  newSigner: Signer,
  { pace, patience = defaultPatience }: KeyChangeOptions & { readonly pace: PollPace },
  signal?: AbortSignal,
): Promise<void> {
  const url = session.resource('keyChange', doing);
  session.requireAccount(doing);
  if (session.hasAccountKey(newSigner.publicSpki)) throw new AcmeRequestError('account-key', doing);
  await session.keyGate.change(async () => {
    // Within the gate, so that no response is sent between the last judgement and the change.
    await awaitJudgements(session, pace, patience, signal);
    await makeChange(session, newSigner, url, signal);
    session.useSigner(newSigner);
  });
}

async function awaitJudgements(
  session: AccountSession,
  pace: PollPace,
  patience: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { urls } = session.responses;
  const deadline = new Date(pace.clock.now().getTime() + patience);
  const settled = await Promise.allSettled(
    urls.map((url) =>
      poll({
        doing: 'waiting for the challenge',
        fetch: async () => {
          const request = { doing: 'fetching the challenge', url, signal };
          const answer = await session.readDuringChange(request);
          const challenge = parseChallenge(answer.json(), url, answer.retryAfter);
          return { ...session.responses.seen(challenge), expires: undefined };
        },
        settled: isJudged,
        deadline,
        ...pace,
        signal,
      }),
    ),
  );
  for (const each of settled) {
    if (each.status === 'fulfilled') continue;
    const cause: unknown = each.reason;
    if (!(cause instanceof AcmePollDeadline)) throw cause;
    throw new KeyChangeBlocked(session.responses.urls, { cause });
  }
}

/** Sends the request until it is known what has become of it. */
async function makeChange(
  session: AccountSession,
  newSigner: Signer,
  url: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await send(session, newSigner, url, signal);
      return;
    } catch (error) {
      const refusal = error instanceof AcmeProblem ? refusalOf(error) : undefined;
      if (refusal?.kind === 'key-in-use') {
        // The server has done so before, and its answer was lost; believed when the key works.
        const isOurs = refusal.account === session.accountUrl;
        if (isOurs && (await hasKey(session, newSigner, signal))) return;
        throw new KeyInUse(refusal.account, { cause: error });
      }
      if (!mayHaveActed(error)) throw error;
      if (await hasKey(session, newSigner, signal)) return;
      if (tries === mostTries) throw error;
    }
  }
}

/** A proxy that has lost the server's answer says 502 or 504: taken for a refusal, it would cost the account its key. */
const mayHaveActed = (error: unknown): boolean =>
  error instanceof AcmeOutcomeUnknown || (error instanceof AcmeProblem && error.status >= 500);

const mostTries = 2;

async function send(
  session: AccountSession,
  newSigner: Signer,
  url: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const account = session.requireAccount(doing);
  const oldKey = session.signer.publicJwk as JsonObject;
  const header = { jwk: newSigner.publicJwk, url };
  const inner = await signJws(newSigner, header, { account, oldKey });
  const request = { doing, url, payload: { ...inner }, repeatable: false, signal };
  await session.writeDuringChange(request);
}

/** RFC 8555 §7.3.1: asks for the account of the new key; a lost answer must cost nobody an account. */
async function hasKey(
  session: AccountSession,
  newSigner: Signer,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const looking = 'finding out which key the account has';
  const url = session.resource('newAccount', looking);
  const payload = { onlyReturnExisting: true };
  try {
    const request = { doing: looking, url, payload, repeatable: true, signal };
    const answer = await session.writeAs(newSigner, request);
    const account = session.locationOf(answer);
    if (account === session.accountUrl) return true;
    throw new KeyInUse(account, {});
  } catch (error) {
    if (error instanceof AcmeProblem && error.type === 'accountDoesNotExist') return false;
    throw error;
  }
}
