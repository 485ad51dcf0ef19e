import { z } from 'zod';

// What steers how other text is read, or is not seen: controls, formats (marks and overrides of direction, tags, soft
// hyphens), separators of lines, halves of characters, and letters that are blank (Hangul fillers).
// Joiners and variation selectors stay, for some scripts and pictures cannot be written without them.
const steering = /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u;
const everySteering = new RegExp(steering, 'gu');
// The blank of Braille is a symbol by its category.
const visible = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{DI}\u2800]]/v;

/** Whether a text holds a character that steers how text is read, or is not seen. */
export const hasSteering = (text: string): boolean => steering.test(text);

/** Text from outside that is shown to the person: bounded, to be seen, and without characters that steer how text is read. */
export const displayText = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    .refine((text) => !steering.test(text), 'contains control characters')
    .refine((text) => visible.test(text), 'shows nothing');

/** A text that nobody has checked, with a mark wherever a character would steer how it is read. */
export const displayable = (text: string): string =>
  text.replaceAll(/[\t\r\n]+/g, ' ').replaceAll(everySteering, '\ufffd');

/** A text by BCP 47 language tag, e.g. `{ "en": "Wi-Fi", "de": "WLAN" }`. At least one language. */
export const localizedText = (maximum: number) =>
  z
    .record(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/), displayText(maximum))
    .refine((texts) => Object.keys(texts).length > 0, 'names no language');

export type LocalizedText = Readonly<Record<string, string>>;

/** An https URL without credentials, as the only kind of link an organisation may give. */
export const httpsUrl = z
  .url({ protocol: /^https$/ })
  .max(2048)
  .refine((text) => !/^https:\/\/[^/?#]*@/i.test(text), 'carries credentials');
