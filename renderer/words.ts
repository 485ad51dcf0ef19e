import { createContext, use } from 'react';
import { createIntl, createIntlCache } from 'react-intl';
import type { LocalizedText } from '../shared/models/text.ts';
import type { Language } from '../shared/models/wallet.ts';
import de from '../resources/translations/de.json';
import en from '../resources/translations/en.json';

export type MessageId = keyof typeof en;
export type Catalogue = Readonly<Record<MessageId, string>>;
export type Values = Readonly<Record<string, string | number>>;

const catalogues: Readonly<Record<Language, Catalogue>> = { en, de };

/** Everything the person reads, in the language and with the dates and numbers of a locale. */
export interface Words {
  readonly locale: string;
  readonly say: (id: MessageId, values?: Values) => string;
  /** An organisation's own text in the language that fits best. */
  readonly text: (text: LocalizedText) => string;
  /** 3 March 2027 */
  readonly date: (iso: string) => string;
  /** 3 Mar 2027 */
  readonly shortDate: (iso: string) => string;
  /** 3 Mar 2027, 14:05 */
  readonly dateTime: (iso: string) => string;
  /** 14:05 */
  readonly time: (iso: string) => string;
  /** 1 min, 5 sec; takes whole seconds. */
  readonly duration: (seconds: number) => string;
  readonly number: (value: number) => string;
  /** a, b and c */
  readonly list: (parts: readonly string[], joined: 'and' | 'or') => string;
}

/** The words for a BCP 47 locale; `catalogue` replaces the one that fits the locale. */
export function wordsFor(locale: string, catalogue?: Catalogue): Words {
  const messages = catalogue ?? catalogues[languageOf(locale)];
  const intl = createIntl({ locale, messages }, createIntlCache());
  return {
    locale,
    say: (id, values) => intl.formatMessage({ id }, values),
    text: (text) => bestText(text, locale),
    date: (iso) => intl.formatDate(iso, { dateStyle: 'long' }),
    shortDate: (iso) => intl.formatDate(iso, { dateStyle: 'medium' }),
    dateTime: (iso) => intl.formatDate(iso, { dateStyle: 'medium', timeStyle: 'short' }),
    time: (iso) => intl.formatTime(iso, { timeStyle: 'short' }),
    duration: (seconds) =>
      intl.formatDuration(durationOf(seconds), {
        style: 'short',
        // Zero is left out otherwise, and nothing would be all that is left.
        ...(seconds < 60 ? { secondsDisplay: 'always' } : {}),
      }),
    number: (value) => intl.formatNumber(value),
    list: (parts, joined) =>
      intl.formatList(parts, { type: joined === 'and' ? 'conjunction' : 'disjunction' }),
  };
}

/** The catalogue's language for a locale: German for every German, English for everybody else. */
export function languageOf(locale: string): Language {
  return new Intl.Locale(locale).language === 'de' ? 'de' : 'en';
}

/** The text for the locale itself, else its language, else English, else any. */
export function bestText(text: LocalizedText, locale: string): string {
  const { language } = new Intl.Locale(locale);
  const sameLanguage = Object.keys(text).find((tag) => tag.startsWith(`${language}-`));
  return (
    text[locale] ??
    text[language] ??
    (sameLanguage === undefined ? undefined : text[sameLanguage]) ??
    text['en'] ??
    Object.values(text)[0] ??
    ''
  );
}

/** Hours, minutes and seconds, without the leading ones that are zero. */
export function durationOf(seconds: number): {
  hours?: number;
  minutes?: number;
  seconds?: number;
} {
  if (seconds < 60) return { seconds };
  if (seconds < 3600) return { minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
  return { hours: Math.floor(seconds / 3600), minutes: Math.floor((seconds % 3600) / 60) };
}

export const WordsContext = createContext<Words | null>(null);

/** The words that `app.tsx` provides. */
export function useWords(): Words {
  const words = use(WordsContext);
  if (words === null) throw new Error('useWords outside of WordsContext');
  return words;
}
