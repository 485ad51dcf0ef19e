export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** The best match for an Accept-Language header (RFC 9110 §12.5.4); English when nothing matches. */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  const ranges = (acceptLanguage ?? '').slice(0, 500).split(',').map(readRange);
  const known = ranges.filter((range) => range.quality > 0 && range.language !== undefined);
  known.sort((left, right) => right.quality - left.quality);
  return known[0]?.language ?? 'en';
}

function readRange(range: string): { language: Language | undefined; quality: number } {
  const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
  const weight = parameters.map(
    (parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1],
  );
  const quality = weight.find((value) => value !== undefined) ?? '1';
  return {
    language: languages.find((language) => tag === language || tag.startsWith(`${language}-`)),
    quality: Number(quality),
  };
}
