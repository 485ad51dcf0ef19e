import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import { isolated } from '../bidi.ts';
import { daysLeft } from '../tokens/contents.ts';
import type { MessageId, Words } from '../words.ts';

/** From so many on, looking for one by eye is work. */
export const worthFiltering = 9;

/** Those in which a text occurs, in their order. */
export function matchingCandidates(
  candidates: readonly CertificateCandidate[],
  wanted: string,
): readonly CertificateCandidate[] {
  const needle = wanted.trim().toLocaleLowerCase();
  return candidates.filter(({ subject, issuer, token = '' }) =>
    [subject, issuer, token].some((text) => text.toLocaleLowerCase().includes(needle)),
  );
}

/** By their `candidateId`: what the person chose, and what was chosen for them last. */
export interface Wanted {
  readonly wanted: string | undefined;
  readonly before: string | undefined;
}

/**
 * What the person chose while its key signs now, else the best of those whose key does. One that was chosen for the
 * person stays so when a token brings a better one: they may be about to agree.
 */
export function chosenCandidate(
  candidates: readonly CertificateCandidate[],
  { wanted, before }: Wanted,
): CertificateCandidate | undefined {
  const able = candidates.filter(({ hindrance }) => hindrance === undefined);
  const by = (id: string | undefined) => able.find(({ candidateId }) => candidateId === id);
  return wanted === undefined ? (by(before) ?? able[0]) : by(wanted);
}

/** What a certificate is for, as people say it; what has no words is told by its own name. */
export function purposeText(purposes: readonly string[], { say, list }: Words): string {
  if (purposes.length === 0 || purposes.includes('anyExtendedKeyUsage'))
    return say('prove.certificate.any');
  const told = purposes.map((purpose) => {
    const id = purposeIds[purpose];
    return id === undefined ? isolated(purpose) : say(id);
  });
  return say('prove.certificate.for', { purposes: list(told, 'and') });
}

const purposeIds: Readonly<Record<string, MessageId>> = {
  clientAuth: 'prove.certificate.purpose.clientAuth',
  serverAuth: 'prove.certificate.purpose.serverAuth',
  codeSigning: 'prove.certificate.purpose.codeSigning',
  documentSigning: 'prove.certificate.purpose.documentSigning',
  emailProtection: 'prove.certificate.purpose.emailProtection',
  timeStamping: 'prove.certificate.purpose.timeStamping',
  OCSPSigning: 'prove.certificate.purpose.OCSPSigning',
  eapOverLAN: 'prove.certificate.purpose.eapOverLAN',
  smartcardLogon: 'prove.certificate.purpose.smartcardLogon',
};

/** How long it still counts; the wallet lists none that begins later. */
export function validityText(
  { notAfter }: CertificateCandidate,
  now: number,
  { say, shortDate }: Words,
): string {
  const left = daysLeft({ notBefore: new Date(0).toISOString(), notAfter }, now);
  return left.is === 'valid'
    ? say('tokens.days', { days: left.days })
    : say('tokens.days.over', { date: shortDate(notAfter) });
}

/** Why its key does not sign now, and what to do about it. */
export function hindranceText(
  { hindrance, token = '' }: CertificateCandidate,
  { say }: Words,
): string | undefined {
  if (hindrance === undefined) return undefined;
  return say(`prove.certificate.hindrance.${hindrance}`, {
    token: isolated(token),
    named: token === '' ? 'no' : 'yes',
  });
}
