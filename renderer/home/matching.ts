import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { LocalizedText } from '../../shared/models/text.ts';

/** The credentials in whose name, subject or organisation every word occurs. */
export function matching(
  credentials: readonly CredentialSummary[],
  wanted: string,
  text: (text: LocalizedText) => string,
): readonly CredentialSummary[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return credentials;
  return credentials.filter(({ name, subject, organizationName }) => {
    const all = `${text(name)} ${subject} ${text(organizationName)}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
