import { punycodeDecoded } from './punycode.ts';

/** What makes a name another one than it looks like. */
export type NameMark =
  /** Letters of scripts that no language writes together. */
  | { readonly mark: 'mixed'; readonly scripts: readonly Script[] }
  /** All of its letters look like Latin ones, and none is. */
  | { readonly mark: 'lookalike'; readonly scripts: readonly Script[] }
  /** More marks above and below letters than any language writes. */
  | { readonly mark: 'stacked' };

const scripts = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Georgian',
  'Cherokee',
  'Hebrew',
  'Arabic',
  'Devanagari',
  'Thai',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
] as const;
export type Script = (typeof scripts)[number] | 'other';

const letter = /\p{L}/u;
const ofScript = scripts.map(
  (script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')] as const,
);

// UTS #39 §5.2, "highly restrictive": what is written together in Japanese, Chinese and Korean, with Latin or without.
const together: readonly (readonly Script[])[] = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

// Letters that are taken for Latin ones in a usual typeface (UTS #39, confusables), of the scripts that are used for that.
const likeLatin = new Set(
  'аеорсухѕіјһԁԛԝӏвгмнткАВЕКМНОРСТУХЅІЈԚԜӀ' + 'αορνιυκΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲ' + 'օսհոցԁԝՕՍ',
);

/** The scripts of its letters, in a fixed order. */
export function scriptsOf(text: string): readonly Script[] {
  const found = new Set<Script>();
  for (const character of text) {
    if (!letter.test(character)) continue;
    // Letters of no script of their own, as the prolonged sound mark of Japanese.
    if (/\p{Script=Common}|\p{Script=Inherited}/u.test(character)) continue;
    found.add(ofScript.find(([, pattern]) => pattern.test(character))?.[0] ?? 'other');
  }
  return [...scripts, 'other' as const].filter((script) => found.has(script));
}

/** What should be said beside a name from outside, so that nobody takes it for another one. */
export function nameMarks(name: string): readonly NameMark[] {
  const used = scriptsOf(name);
  const marks: NameMark[] = [];
  const isOneLanguage = together.some((set) => used.every((script) => set.includes(script)));
  if (used.length > 1 && !isOneLanguage) marks.push({ mark: 'mixed', scripts: used });
  const letters = Array.from(name).filter((character) => letter.test(character));
  const isAllAlike = letters.length > 0 && letters.every((character) => likeLatin.has(character));
  if (isAllAlike && !used.includes('Latin')) marks.push({ mark: 'lookalike', scripts: used });
  if (/\p{M}{3}/u.test(name.normalize('NFC'))) marks.push({ mark: 'stacked' });
  return marks;
}

export interface DomainReading {
  /** As it stands in the DNS and in certificates: ASCII. */
  readonly ascii: string;
  /** With its own letters, where it has any: for reading, and not what is signed. */
  readonly reading?: string;
  readonly marks: readonly NameMark[];
}

/** A domain as it is signed, and how `xn--` labels in it are read (RFC 5890 §2.3.2.1). */
export function domainReading(domain: string): DomainReading {
  const labels = domain.split('.');
  const read = labels.map((label) =>
    /^xn--/i.test(label) ? (readable(punycodeDecoded(label.slice(4))) ?? label) : label,
  );
  const reading = read.join('.');
  // Each label by itself: a name in one script stands below `.example` without a trick.
  const marks = read.flatMap((label) => (isAscii(label) ? [] : nameMarks(label)));
  return reading === domain ? { ascii: domain, marks } : { ascii: domain, reading, marks };
}

const isAscii = (text: string): boolean => !/[^\u0020-\u007e]/.test(text);

/** Nothing that steers how text is read, and no letter that cannot be seen, comes out of a label. */
function readable(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Z}\p{DI}]/u.test(label) ? undefined : label;
}
