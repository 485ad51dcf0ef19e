import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import type { CredentialSummary } from '../../shared/models/credential.ts';
import { isolated } from '../bidi.ts';
import { commonName } from '../distinguished-name.ts';
import { shortPlace } from '../key-place-words.ts';
import { groupedHex } from '../organization/fingerprint.ts';
import type { Words } from '../words.ts';
import { purposeText, validityText } from './candidates.ts';

/** What is said of a certificate that can be chosen. */
export interface CandidateText {
  readonly name: string;
  readonly use: string;
  readonly origin: string;
  /** Only where another one reads alike: what tells them apart. */
  readonly apart?: string;
}

interface Known {
  readonly credentials: readonly Pick<CredentialSummary, 'id' | 'name'>[];
  readonly now: number;
}

/** Digits of a fingerprint that people compare. */
const comparedDigits = 8;

export function candidateTexts(
  candidates: readonly CertificateCandidate[],
  known: Known,
  words: Words,
): ReadonlyMap<CertificateCandidate, CandidateText> {
  const texts = candidates.map(
    (candidate) => [candidate, textOf(candidate, known, words)] as const,
  );
  const alike = Map.groupBy(texts, ([, text]) => JSON.stringify(text));
  return new Map(
    [...alike.values()].flatMap((group) => (group.length > 1 ? toldApart(group, words) : group)),
  );
}

type Told = readonly [CertificateCandidate, CandidateText];

/** By the minute in which they end, and where that is the same, by the fingerprint, which never is. */
function toldApart(group: readonly Told[], { say, dateTime }: Words): readonly Told[] {
  const end = (candidate: CertificateCandidate) => dateTime(candidate.notAfter);
  const ends = new Set(group.map(([candidate]) => end(candidate)));
  return group.map(([candidate, text]) => {
    const until = say('prove.certificate.until', { time: end(candidate) });
    const digits = groupedHex(candidate.candidateId.slice(-comparedDigits));
    const ending = say('prove.certificate.ending', { digits: isolated(digits) });
    return [
      candidate,
      { ...text, apart: ends.size === group.length ? until : `${until} · ${ending}` },
    ];
  });
}

function textOf(candidate: CertificateCandidate, { credentials, now }: Known, words: Words) {
  const { subject, issuer, purposes, place, token = '', credentialId } = candidate;
  const { say, text } = words;
  const own = credentials.find(({ id }) => id === credentialId);
  const called = own && say('prove.certificate.named', { name: isolated(text(own.name)) });
  const use = [called, purposeText(purposes, words), validityText(candidate, now, words)];
  const origin = [
    say('tokens.certificate.issuer', { issuer: isolated(commonName(issuer)) }),
    shortPlace(place, token, words),
    credentialId && say('prove.certificate.yours'),
  ];
  return { name: commonName(subject), use: joined(use), origin: joined(origin) };
}

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(' · ');
