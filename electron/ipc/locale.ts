import { languages, type Language, type Settings } from '../../shared/models/wallet.ts';

/**
 * The BCP 47 tag for words, dates and numbers: of the languages we speak, the one chosen, or the first that the
 * system prefers. Its region is the system's, so that an Austrian date stays one.
 */
export function bestLocale(
  language: Settings['language'],
  systemLanguages: readonly string[],
): string {
  const wanted = systemLanguages.find((tag) =>
    language === 'system' ? isSpoken(languageOf(tag)) : languageOf(tag) === language,
  );
  return wanted ?? (language === 'system' ? 'en' : language);
}

function languageOf(tag: string): string {
  return tag.split('-', 1).join('').toLowerCase();
}

function isSpoken(language: string): language is Language {
  return (languages as readonly string[]).includes(language);
}
