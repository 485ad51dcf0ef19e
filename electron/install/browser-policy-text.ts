import { z } from 'zod';
import type { CertificateRule } from './browser-policy-rule.ts';

/** The members of a policy file: those that are not ours pass through it as they are. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** `null`: no JSON object. */
export function parseDocument(text: string): PolicyDocument | null {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** The file's text in printable ASCII: nothing in it steers a terminal, or what somebody reads there. */
export function documentText(document: PolicyDocument): string {
  const text = JSON.stringify(document, null, 2);
  const escaped = text.replaceAll(
    /[^\n -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}

/** What an administrator types to put a text into a file: `documentText` has no line that could end it early. */
export function administratorCommand(path: string, text: string): string {
  const quoted = `'${path.replaceAll("'", String.raw`'\''`)}'`;
  const install = `sudo install -D -m 0644 -o root -g root /dev/stdin ${quoted}`;
  return `${install} <<'END_OF_POLICY'\n${text}END_OF_POLICY\n`;
}

/** Chromium's policy: each entry is JSON in a string. */
export const chromiumKey = 'AutoSelectCertificateForUrls';

/** The entries of a rule, each spelt as in a file. */
export function entriesOf({ patterns, filter }: CertificateRule): readonly string[] {
  return patterns.map((pattern) => JSON.stringify({ pattern, filter }));
}

const entrySchema = z.looseObject({ pattern: z.string(), filter: z.looseObject({}) });

/** The filter of an entry as it is spelt; undefined when it is none of ours. */
export function filterIn(entry: string): string | undefined {
  try {
    return JSON.stringify(entrySchema.parse(JSON.parse(entry)).filter);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

export function entriesIn(document: PolicyDocument | null): readonly string[] {
  const value = document?.[chromiumKey];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** The same document with these entries; `null` when nothing would be left in it. */
export function withEntries(
  document: PolicyDocument | null,
  entries: readonly string[],
): PolicyDocument | null {
  const others = Object.entries(document ?? {}).filter(([key]) => key !== chromiumKey);
  const all = [...new Set(entries)];
  const own = all.length > 0 ? [[chromiumKey, all] as const] : [];
  const members = [...others, ...own];
  return members.length > 0 ? Object.fromEntries(members) : null;
}

const preference = 'security.default_personal_cert';

/**
 * Firefox's policy. It can be told to show a certificate without a question, but neither which nor to whom: it takes one
 * that the page asks for. As a default, so that people can still have themselves asked.
 */
const firefoxValue = { Value: 'Select Automatically', Status: 'default' };

const firefoxSchema = z.looseObject({
  policies: z.looseObject({ Preferences: z.looseObject({}).optional() }).optional(),
});

/** `null`: not of the form that Firefox reads. */
export function withFirefoxPreference(document: PolicyDocument): PolicyDocument | null {
  const parsed = firefoxSchema.safeParse(document);
  if (!parsed.success) return null;
  const { policies = {} } = parsed.data;
  const preferences = { ...policies.Preferences, [preference]: firefoxValue };
  return { ...parsed.data, policies: { ...policies, Preferences: preferences } };
}

const setPreference = z.union([
  z.literal(firefoxValue.Value),
  z.looseObject({ Value: z.literal(firefoxValue.Value) }),
]);

export function hasFirefoxPreference(document: PolicyDocument | null): boolean {
  const parsed = firefoxSchema.safeParse(document);
  const value = parsed.success ? parsed.data.policies?.Preferences?.[preference] : undefined;
  return setPreference.safeParse(value).success;
}

/** Nothing but ours, so that it may go. */
export const ownFirefoxDocument: PolicyDocument = {
  policies: { Preferences: { [preference]: firefoxValue } },
};
