import { createHash } from 'node:crypto';
import type { AccessReply } from '../radius/packet.ts';
import { RadiusError } from '../radius/radius-error.ts';
import type { RadiusClient } from '../radius/client.ts';
import type { State } from '../state.ts';
import type { Challenge } from '../state/authorizations.ts';
import type { OtpCredential } from '../state/code-credentials.ts';
import type { AnsweredChallengeType, Deliberation, Verdict } from './challenge-type.ts';
import { isSameCode, readText } from './codes.ts';
import { ocraResponse } from './ocra.ts';
import type { Attempt, Throttle } from './throttle.ts';
import { createTurns } from './turns.ts';
import type { Turns } from './turns.ts';

export type OtpOptions = {
  readonly state: State;
  readonly clock: () => Date;
  readonly throttle: Throttle;
  /** Without one, nobody whose codes another server judges can answer. */
  readonly radius: RadiusClient | undefined;
};

type Context = OtpOptions & { readonly turns: Turns };
type OcraCredential = Extract<OtpCredential, { kind: 'ocra' }>;
type RadiusCredential = Extract<OtpCredential, { kind: 'radius' }>;

/**
 * One-time passwords of any kind: the response of a token to a number that the challenge shows (RFC 6287), or
 * whatever a RADIUS server accepts.
 */
export function createOtp(options: OtpOptions): AnsweredChallengeType {
  const { state, radius } = options;
  const context = { ...options, turns: createTurns() };
  const usable = (personId: string | undefined): OtpCredential | undefined => {
    const credential = personId === undefined ? undefined : state.otpCredentials.find(personId);
    return credential?.kind === 'radius' && radius === undefined ? undefined : credential;
  };
  return {
    kind: 'answered',
    type: 'otp-01',
    deliberates: true,
    suits: ({ person }) => usable(person?.id) !== undefined,
    describe({ challenge, person }) {
      const credential = usable(person?.id);
      if (person === undefined || credential === undefined) return {};
      if (credential.kind === 'radius') return roundOf(challenge, credential, state);
      const prompt = `Response of the token of ${person.email} to the number shown`;
      return { display: questionOf(challenge), prompt };
    },
    answer({ challenge, person, payload }) {
      const otp = readText(payload);
      const credential = usable(person?.id);
      if (credential === undefined) return { outcome: 'unusable' };
      return credential.kind === 'ocra'
        ? judgeResponse(credential, { challenge, otp }, context)
        : askServer(credential, { challenge, otp }, context);
    },
  };
}

type Given = { readonly challenge: Challenge; readonly otp: string };

/** Another for each challenge and each response to it; nobody can foresee it. */
function questionOf({ id, attempts }: Challenge): string {
  const digest = createHash('sha256').update(`otp-01:${id}:${attempts}`).digest();
  return String(digest.readBigUInt64BE() % 100_000_000n).padStart(8, '0');
}

function judgeResponse(
  { personId, suite, secret }: OcraCredential,
  { challenge, otp }: Given,
  { state, clock, throttle }: Context,
): Verdict {
  const name = `otp:${personId}` as const;
  const question = questionOf(challenge);
  return state.transaction((): Verdict => {
    const attempt = throttle.admit({ credential: name, challenge });
    if (attempt.outcome !== 'admitted') return attempt;
    const expected = ocraResponse({ suite, key: Buffer.from(secret, 'hex'), question });
    // Of the hundred million questions, one that was answered well is never good again.
    const isSpent = state.spentTexts.isSpent(name, question, new Date(0));
    if (!isSameCode(expected, otp) || isSpent) return attempt.fail();
    state.spentTexts.spend(name, question, clock());
    return attempt.succeed();
  });
}

function askServer(
  credential: RadiusCredential,
  given: Given,
  context: Context,
): Verdict | Deliberation {
  const name = `otp:${credential.personId}` as const;
  const attempt = context.throttle.admit({ credential: name, challenge: given.challenge });
  if (attempt.outcome !== 'admitted') return attempt;
  return {
    outcome: 'deliberating',
    // One after the other, so that of two equal codes the second finds the first used.
    verdict: (signal) =>
      context.turns(name, () => judge({ credential, attempt, signal, ...given }, context)),
  };
}

type Judging = Given & {
  readonly credential: RadiusCredential;
  readonly attempt: Attempt;
  readonly signal: AbortSignal;
};

/** Longer than a server may take a code for new; milliseconds. */
const SPENT_FOR = 10 * 60_000;

async function judge(judging: Judging, context: Context): Promise<Verdict> {
  const { credential, challenge, otp, attempt, signal } = judging;
  const { state, clock, radius } = context;
  const name = `otp:${credential.personId}` as const;
  // Servers that know nothing of one-time codes take a password as often as it comes.
  const since = new Date(clock().getTime() - SPENT_FOR);
  if (state.spentTexts.isSpent(name, otp, since)) return attempt.fail();
  try {
    if (radius === undefined) throw new Error('there is no RADIUS server to ask');
    const { userName } = credential;
    const round = state.otpRounds.find(challenge.id);
    const reply = await radius.ask({ userName, password: otp, state: round?.state }, signal);
    return state.transaction(() => conclude(reply, judging, context));
  } catch (error) {
    // A question that was put and not answered may have rung a telephone: it costs a try, or it could ring without end.
    if (error instanceof RadiusError && error.code === 'time-out') return attempt.fail();
    state.transaction(() => attempt.withdraw());
    throw error;
  }
}

function conclude(
  { outcome, state: given, message }: AccessReply,
  { credential, challenge, otp, attempt }: Judging,
  { state, clock }: Context,
): Verdict {
  // An administrator may have taken it away, or given another, while the server or the person made up their mind.
  const current = state.otpCredentials.find(credential.personId);
  if (current?.kind !== 'radius' || current.userName !== credential.userName) {
    return { outcome: 'unusable' };
  }
  switch (outcome) {
    case 'accept':
      state.otpRounds.remove(challenge.id);
      // A password that lasts is not kept for longer than it has to be.
      state.spentTexts.drop(`otp:${credential.personId}`, new Date(clock().getTime() - SPENT_FOR));
      state.spentTexts.spend(`otp:${credential.personId}`, otp, clock());
      return attempt.succeed();
    case 'reject':
      state.otpRounds.remove(challenge.id);
      return attempt.fail();
    case 'challenge':
      state.otpRounds.put(challenge.id, { state: given, message: readable(message) });
      return attempt.proceed();
  }
}

/** What the server said with its Access-Challenge: a number to be keyed in, or what is to be done. */
function roundOf(
  challenge: Challenge,
  { userName }: RadiusCredential,
  { otpRounds }: State,
): Readonly<Record<string, string>> {
  const prompt = `One-time password of ${userName}`;
  const message = otpRounds.find(challenge.id)?.message;
  if (message === undefined) return { prompt };
  return /^[0-9][0-9 -]{2,30}$/.test(message) ? { display: message, prompt } : { prompt: message };
}

/** Longest text that is passed on. */
const LONGEST_MESSAGE = 200;

/** Without characters that are not to be seen, or that turn the direction of writing. */
function readable(message: string | undefined): string | undefined {
  const text = (message ?? '').replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return text === '' ? undefined : Array.from(text).slice(0, LONGEST_MESSAGE).join('');
}
