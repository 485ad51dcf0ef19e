import { z } from 'zod';

// eslint-disable-next-line no-control-regex -- control characters are exactly what is refused here
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** Text from outside that is shown to the person: bounded, without control or bidirectional override characters. */
export const displayText = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    .refine((text) => !controlCharacters.test(text), 'contains control characters');

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
