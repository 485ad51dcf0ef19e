import type { Language } from '../../shared/models/wallet.ts';

/** What a system shows beside everything else: it may be seen by whoever passes by. */
export interface Notice {
  readonly title: string;
  readonly body: string;
}

// The catalogue of the pages is not loaded in main. Nothing here is by whoever asks.
const sayings: Readonly<Record<Language, (organization: string, count: number) => Notice>> = {
  en: (organization, count) => ({
    title: count === 1 ? 'A request waits for you' : `${count} requests wait for you`,
    body: `${organization} asks for your approval. Read it in Countersign.`,
  }),
  de: (organization, count) => ({
    title: count === 1 ? 'Eine Anfrage wartet auf Sie' : `${count} Anfragen warten auf Sie`,
    body: `${organization} bittet um Ihre Freigabe. Lesen Sie sie in Countersign.`,
  }),
};

/** `organization`: as the wallet knows it, by language. */
export function noticeOf(
  language: Language,
  organization: Readonly<Record<string, string>>,
  count: number,
): Notice {
  const name = organization[language] ?? organization['en'] ?? Object.values(organization)[0] ?? '';
  return sayings[language](name, count);
}
