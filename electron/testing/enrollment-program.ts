import { readFileSync } from 'node:fs';
import { systemClock } from '../acme/clock.ts';
import { createHttpClient } from '../http/create-http-client.ts';
import { DirectoryTarget } from './directory-target.ts';
import { FileSecretStore } from './file-secret-store.ts';
import { openProcess } from './wallet-process.ts';

// The wallet as a process of its own, to be killed for real:
//   node enrollment-program.ts <wallet directory> <secrets> <target> <root.pem> <code>
// Starts the enrolment of the organisation it has joined, or goes on with the one there is, answers the first
// challenge with the code, or without one by the only certificate that fits, and prints each state as one line of JSON.

const [directory = '', secrets = '', target = '', root = '', code = ''] = process.argv.slice(2);
const roots = [readFileSync(root, 'utf8')];
const { enrollments, organizations } = openProcess({
  directory,
  secrets: new FileSecretStore(secrets),
  target: new DirectoryTarget(target),
  http: createHttpClient({ rootsFor: () => roots }),
  clock: systemClock,
});

let isAnswered = false;
enrollments.subscribe((state) => {
  process.stdout.write(`${JSON.stringify(state)}\n`);
  if (state.step !== 'proving' || state.sending || isAnswered) return;
  isAnswered = true;
  const { enrollmentId } = state;
  const challenges = state.authorizations[0]?.challenges ?? [];
  const wanted = challenges.find(({ kind }) => kind === (code === '' ? 'certificate' : 'code'));
  const { challengeId = '' } = wanted ?? {};
  const candidateId =
    wanted?.kind === 'certificate' ? (wanted.candidates[0]?.candidateId ?? '') : '';
  const answer =
    code === ''
      ? ({ by: 'certificate', candidateId } as const)
      : ({ by: 'code', otp: code } as const);
  void enrollments.answer({ enrollmentId, challengeId, answer });
});

const unfinished = enrollments.states().find(({ step }) => step === 'interrupted');
const [organization] = organizations.list();
if (unfinished === undefined) {
  await enrollments.start({ organizationId: organization?.id ?? '', offerId: 'wifi' });
} else {
  await enrollments.resume(unfinished.enrollmentId);
}
