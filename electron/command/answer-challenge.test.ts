import { expect, it } from 'vitest';
import type {
  CertificateCandidate,
  CertificateChallengeView,
  EnrollmentState,
} from '../../shared/enrollment-state.ts';
import { answerChallenge, noCandidate, type Answers } from './answer-challenge.ts';
import { GivenCodes } from './given-codes.ts';
import { CommandError } from './command-error.ts';

type Answering = Parameters<typeof answerChallenge>[2];
type Proving = Extract<EnrollmentState, { step: 'proving' }>;

const candidate = (credentialId?: string): CertificateCandidate => ({
  ...{ candidateId: 'ab'.repeat(32), subject: 'CN=Alex', issuer: 'CN=People', purposes: [] },
  ...{ notAfter: '2036-01-01T00:00:00.000Z', place: 'software' },
  ...(credentialId !== undefined && { credentialId }),
});

/** What goes to the CA of `org.example` when it is asked for such a certificate and no code was given. */
async function answersTo(
  candidates: readonly CertificateCandidate[],
  certificate?: string,
  more: Partial<Answers> = {},
) {
  const sent: unknown[] = [];
  const challenge: CertificateChallengeView = {
    ...{ kind: 'certificate', type: 'cert-01', status: 'pending', issuers: ['CN=People'] },
    ...{ challengeId: 'https://ca.example/challenge/1', candidates },
  };
  const authorizations = [{ status: 'pending', challenges: [challenge] }];
  const state = { step: 'proving', enrollmentId: 'e', organizationId: 'org.example' };
  const owners: Readonly<Record<string, string>> = { ours: 'org.example', theirs: 'other.example' };
  const answers: Answers = { codes: new GivenCodes(null), byCode: false, certificate, ...more };
  const answering = {
    answers,
    house: {
      wallet: { credentials: { find: (id: string) => ({ organizationId: owners[id] }) } },
      enrollments: { answer: (answer: unknown) => Promise.resolve(sent.push(answer)) },
    },
    rooms: { output: { progress: () => undefined }, signal: new AbortController().signal },
  };
  const watched = { latest: undefined, change: () => Promise.reject(new Error('it waits')) };
  await answerChallenge(
    { ...state, authorizations } as unknown as Proving,
    watched,
    answering as unknown as Answering,
  );
  return sent;
}

it.each([
  ['of the same organisation', candidate('ours')],
  ['on a token that some other program filled', candidate()],
])('answers with the only certificate when it is one %s', async (_title, only) => {
  expect(await answersTo([only])).toHaveLength(1);
});

it('shows a CA no certificate of another organisation that nobody has named', async () => {
  await expect(answersTo([candidate('theirs')])).rejects.toThrow(CommandError);
  await expect(answersTo([candidate('theirs')])).rejects.toThrow(/--certificate/);
  expect(await answersTo([candidate('theirs')], 'theirs')).toHaveLength(1);
});

it('says which certificates there are when it cannot choose', async () => {
  await expect(answersTo([candidate('ours'), candidate()])).rejects.toThrow(
    `--certificate which certificate is to be used: ours (CN=Alex) or ${'ab'.repeat(32)} (CN=Alex)`,
  );
});

it('says of a certificate that is renewed and not taken what to do instead', () => {
  const error = noCandidate({ candidates: [] }, { certificate: 'ours', renews: true });
  expect(error.outcome).toBe('not-unlocked');
  expect(error.message).toMatch(/does not take .* --otp-fd, and --proof/);
});

it('answers nothing but the proof that was named', async () => {
  expect(await answersTo([candidate('ours')], undefined, { proof: 'cert-01' })).toHaveLength(1);
  const other = answersTo([candidate('ours')], undefined, { proof: 'hotp-01' });
  await expect(other).rejects.toThrow('the CA does not ask for hotp-01 here; it takes cert-01');
});
