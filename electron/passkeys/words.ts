import type { CeremonyWords } from '../../shared/ceremony-page.ts';
import type { Language } from '../../shared/models/wallet.ts';

interface Sayings {
  readonly title: string;
  readonly assert: (host: string) => string;
  readonly register: (host: string) => string;
  readonly waiting: string;
  readonly again: string;
  readonly begin: string;
  readonly cancel: string;
  readonly choose: (host: string) => string;
  readonly unnamed: string;
  readonly farewell: string;
}

// The catalogue of the pages is not loaded in main; these are all the words that it says itself to whoever has a passkey.
const sayings: Readonly<Record<Language, Sayings>> = {
  en: {
    title: 'Passkey',
    assert: (host) => `Use your passkey for ${host}`,
    register: (host) => `Make a passkey for ${host}`,
    waiting: 'Do what your computer or your security key asks for.',
    again:
      'That did not work. If your computer is still asking you something, answer there; otherwise try again.',
    begin: 'Try again',
    cancel: 'Cancel',
    choose: (host) => `Which passkey do you want to use for ${host}?`,
    unnamed: 'Passkey without a name',
    farewell: 'That is all here. Go back to Countersign; you can close this page.',
  },
  de: {
    title: 'Passkey',
    assert: (host) => `Ihren Passkey für ${host} verwenden`,
    register: (host) => `Einen Passkey für ${host} anlegen`,
    waiting: 'Tun Sie, was Ihr Computer oder Ihr Sicherheitsschlüssel verlangt.',
    again:
      'Das hat nicht geklappt. Wenn Ihr Computer Sie noch etwas fragt, antworten Sie dort; sonst versuchen Sie es noch einmal.',
    begin: 'Noch einmal versuchen',
    cancel: 'Abbrechen',
    choose: (host) => `Welchen Passkey möchten Sie für ${host} verwenden?`,
    unnamed: 'Passkey ohne Namen',
    farewell: 'Das war alles. Gehen Sie zu Countersign zurück; diese Seite können Sie schließen.',
  },
};

export function ceremonyWords(
  language: Language,
  kind: 'assert' | 'register',
  host: string,
): CeremonyWords {
  const { title, waiting, again, begin, cancel, ...said } = sayings[language];
  return { title, waiting, again, begin, cancel, heading: said[kind](host) };
}

/** For whoever has more than one passkey that would do. */
export function choosingWords(language: Language, host: string) {
  const { choose, unnamed, cancel } = sayings[language];
  return { question: choose(host), unnamed, cancel };
}

/** What the browser shows in place of the CA's page once it has handed the answer over. */
export const farewell = (language: Language): string => sayings[language].farewell;
