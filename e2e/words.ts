import german from '../resources/translations/de.json' with { type: 'json' };
import english from '../resources/translations/en.json' with { type: 'json' };

export type MessageId = keyof typeof english;

/** The wallet's words in one language, as the journeys look for them on the screen. */
export interface Words {
  /** Words without gaps. */
  readonly say: (id: MessageId) => string;
  /** Words with gaps, such as `{name}`, for whatever is in them. */
  readonly like: (id: MessageId) => RegExp;
}

const catalogues: Readonly<Record<'en' | 'de', Readonly<Record<MessageId, string>>>> = {
  en: english,
  de: german,
};

export function wordsOf(language: keyof typeof catalogues): Words {
  const catalogue = catalogues[language];
  return {
    say: (id) => {
      const text = catalogue[id];
      if (text.includes('{')) throw new Error(`the words ${id} have gaps`);
      return text;
    },
    like: (id) =>
      new RegExp(
        `^${catalogue[id]
          .split(/\{\w+\}/)
          .map(escape)
          .join('.+')}$`,
      ),
  };
}

function escape(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}
