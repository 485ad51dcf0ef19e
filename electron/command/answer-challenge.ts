import { setTimeout as delay } from 'node:timers/promises';
import type {
  CertificateCandidate,
  CertificateChallengeView,
  ChallengeView,
  EnrollmentState,
} from '../../shared/enrollment-state.ts';
import type { House } from '../house.ts';
import { CommandError } from './command-error.ts';
import type { ProofType } from './command-line.ts';
import type { EnrollmentWatch } from './enrollment-watch.ts';
import type { GivenCodes } from './given-codes.ts';
import { answerWithCode, isPendingCode } from './one-time-code.ts';
import { outcomeOf } from './outcome.ts';
import type { CommandRooms } from './rooms.ts';
import { failureSentence } from './sentences.ts';

/** What was given to a command to prove with. */
export interface Answers {
  readonly codes: GivenCodes;
  /** Somebody gives codes. */
  readonly byCode: boolean;
  /** The only type of challenge that is answered. */
  readonly proof?: ProofType | undefined;
  /** The certificate is the one that is to be renewed, which nobody has named. */
  readonly renews?: boolean;
  /** The id of a credential or the SHA-256 of a certificate, lower-case hex. */
  readonly certificate?: string | undefined;
}

type Proving = Extract<EnrollmentState, { step: 'proving' }>;

interface Answering {
  readonly house: House;
  readonly rooms: CommandRooms;
  readonly answers: Answers;
}

/** Milliseconds: drivers start, and cards are read. */
const patienceForTokens = 20_000;

/**
 * Answers one challenge that waits, or waits a while for what could answer it: the certificate that was named, a code
 * where codes are given, and else the only certificate that fits, unless it is another organisation's. One call is at most one attempt at the CA.
 */
export async function answerChallenge(
  state: Proving,
  watched: ReturnType<EnrollmentWatch['of']>,
  answering: Answering,
): Promise<void> {
  const { rooms, answers } = answering;
  const pending = state.authorizations.find(
    ({ status, approval }) => status === 'pending' && approval === undefined,
  );
  if (pending?.challenges.some(({ status }) => status === 'processing')) {
    // An answer of an earlier run is being judged.
    await watched.change(rooms.signal);
    return;
  }
  const challenges = wanted(pending?.challenges ?? [], answers);
  const certificate = challenges.find(isCertificate);
  const code = challenges.find(isPendingCode);
  const isByCertificate = answers.certificate !== undefined || !answers.byCode;
  if (certificate !== undefined && (isByCertificate || code === undefined)) {
    if (certificate.lastFailure !== undefined) throw refused(certificate.lastFailure);
    const candidate = chosen(state, certificate, answering);
    if (candidate !== undefined) {
      await sign(state, { certificate, candidate }, answering);
      return;
    }
    const isChoice = answers.certificate === undefined && leavesChoice(certificate);
    if (isChoice && code === undefined) throw noCandidate(certificate, answers);
    const mayCome = answers.certificate !== undefined || code === undefined;
    if (mayCome && (await hasChanged(watched, rooms))) return;
    if (mayCome) throw noCandidate(certificate, answers);
  }
  if (code === undefined) {
    throw new CommandError('failed', 'the CA asks for a proof that this command cannot give');
  }
  await answerWithCode(state, code, { ...answering, codes: answers.codes });
}

/** Those that may be answered; throws when the CA does not ask for what was named. */
function wanted(all: readonly ChallengeView[], { proof }: Answers): readonly ChallengeView[] {
  const pending = all.filter(({ status }) => status === 'pending');
  const named = pending.filter(({ type }) => proof === undefined || type === proof);
  if (proof === undefined || pending.length === 0 || named.length > 0) return named;
  const types = pending.map(({ type }) => type).join(', ');
  throw new CommandError('failed', `the CA does not ask for ${proof} here; it takes ${types}`);
}

const isCertificate = (challenge: ChallengeView): challenge is CertificateChallengeView =>
  challenge.kind === 'certificate';

function chosen(
  { organizationId }: Proving,
  { candidates }: CertificateChallengeView,
  { house, answers: { certificate } }: Answering,
): CertificateCandidate | undefined {
  if (certificate !== undefined) {
    return candidates.find(
      ({ candidateId, credentialId }) =>
        candidateId === certificate || credentialId === certificate,
    );
  }
  const [only, ...others] = candidates.filter(isUsable);
  if (only?.credentialId === undefined) return others.length === 0 ? only : undefined;
  // A CA that names issuers can make any certificate the only one: what another organisation knows this person by, it
  // is not told unasked.
  const { organizationId: owner } = house.wallet.credentials.find(only.credentialId) ?? {};
  return others.length === 0 && owner === organizationId ? only : undefined;
}

const isUsable = ({ hindrance }: CertificateCandidate): boolean => hindrance === undefined;

/** There is what would do, and nobody has said that it is to be used. */
const leavesChoice = ({ candidates }: CertificateChallengeView): boolean =>
  candidates.length > 1 || candidates.some(isUsable);

async function sign(
  { enrollmentId, caHost: host }: Proving,
  { certificate, candidate }: Chosen,
  { house, rooms }: Answering,
): Promise<void> {
  const { candidateId, subject, issuer } = candidate;
  rooms.output.progress(
    { event: 'certificate-used', host, certificate: candidateId, subject, issuer },
    `${host} is answered with the certificate of ${subject}.`,
  );
  const answer = { by: 'certificate', candidateId } as const;
  const { challengeId } = certificate;
  await house.enrollments.answer({ enrollmentId, challengeId, answer });
}

interface Chosen {
  readonly certificate: CertificateChallengeView;
  readonly candidate: CertificateCandidate;
}

/** Whether something is shown that was not there before. */
async function hasChanged(
  watched: ReturnType<EnrollmentWatch['of']>,
  { signal }: CommandRooms,
): Promise<boolean> {
  const over = new AbortController();
  const ending = AbortSignal.any([signal, over.signal]);
  try {
    return await Promise.race([
      watched.change(signal).then(() => true),
      delay(patienceForTokens, false, { signal: ending }),
    ]);
  } finally {
    over.abort();
  }
}

/** Why no certificate answers. */
export function noCandidate(
  { candidates }: Pick<CertificateChallengeView, 'candidates'>,
  { certificate, renews = false }: Pick<Answers, 'certificate' | 'renews'>,
): CommandError {
  if (renews) {
    const instead = 'prove yourself by codes: --otp-fd, and --proof where there are several kinds';
    const what = 'the organisation does not take the certificate that is renewed as proof';
    return new CommandError('not-unlocked', `${what}; ${instead}`);
  }
  if (certificate !== undefined) {
    return new CommandError('not-found', 'no certificate that the CA accepts is called so');
  }
  if (candidates.length === 0) {
    return new CommandError('not-found', 'no certificate that the CA accepts was found');
  }
  const which = candidates.map(
    ({ subject, credentialId, candidateId }) => `${credentialId ?? candidateId} (${subject})`,
  );
  const sentence = `say by --certificate which certificate is to be used: ${which.join(' or ')}`;
  return new CommandError('not-found', sentence);
}

function refused(failure: NonNullable<CertificateChallengeView['lastFailure']>): CommandError {
  return new CommandError(outcomeOf(failure), failureSentence(failure), { failure });
}
