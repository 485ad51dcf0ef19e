import type { RunningCa } from '../running-ca.ts';
import type { Language } from './language.ts';
import type { Words } from './words.ts';

/** One request to the portal, read and checked as far as all pages need it. */
export type Visit = {
  readonly ca: RunningCa;
  readonly url: URL;
  readonly language: Language;
  readonly words: Words;
  readonly admitted: boolean;
  /** Empty unless the request is a POST. */
  readonly form: URLSearchParams;
  readonly now: Date;
  /** The signed enrollment profile. */
  readonly profile: () => Promise<string>;
};
