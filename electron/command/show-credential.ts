import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { Installation } from '../../shared/models/credential.ts';
import type { House } from '../house.ts';
import { inEnglish } from './localized.ts';
import type { Output } from './output.ts';
import { failureSentence } from './sentences.ts';

/** What an enrolment has brought. */
export async function showCredential(
  { enrollmentId, credentialId, results }: Extract<EnrollmentState, { step: 'done' }>,
  house: House,
  output: Output,
): Promise<void> {
  const credential = await house.credentials.detail(credentialId);
  const { subject, name, notBefore, notAfter, key, chain } = credential;
  const [leaf] = chain;
  const keyOnToken = house.keys.onToken(house.wallet.credentials.find(credentialId)?.key.id ?? '');
  for (const result of results) {
    if (result.status !== 'failed') continue;
    const { target, failure } = result;
    output.progress({ event: 'not-installed', target, failure }, failureSentence(failure));
  }
  const place = key.token === undefined ? key.place : `${key.place} “${key.token.label}”`;
  const installed = results.filter((result) => result.status === 'installed');
  output.result(
    {
      ...{ version: 1, enrollmentId, credentialId, name: inEnglish(name), subject },
      ...{ notBefore, notAfter, serialNumber: leaf?.serialNumber },
      key: { ...key, ...(keyOnToken && { keyId: keyOnToken.key.id }) },
      installations: results,
      certificates: chain.map(({ pem }) => pem),
    },
    [
      `${inEnglish(name)} for ${subject}, valid until ${notAfter}`,
      `  ${key.type} key in ${place}${keyOnToken ? `, id ${keyOnToken.key.id}` : ''}`,
      ...installed.map(({ installation }) => `  installed: ${installationLine(installation)}`),
      `  credential ${credentialId}`,
    ],
  );
}

function installationLine({ target, location, proofs }: Installation): string {
  const broken = proofs.find((proof) => proof.status === 'failed');
  const isProven = proofs.some(({ status }) => status === 'proven');
  const state = isProven ? 'works' : 'not tried';
  const outcome = broken ? `does not work: ${failureSentence(broken.failure)}` : state;
  return `${target}, ${location}: ${outcome}`;
}
