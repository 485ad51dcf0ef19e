const NEUTRAL = new Set(['C', 'POSIX', '']);

/** The languages of the environment, best first, as BCP 47 tags. */
export function systemLanguages(environment: NodeJS.ProcessEnv): string[] {
  const { LANGUAGE = '', LC_ALL, LC_MESSAGES, LANG } = environment;
  const named = [...LANGUAGE.split(':'), LC_ALL ?? LC_MESSAGES ?? LANG ?? ''];
  const tags = named
    .map((name) => name.replace(/[.@].*$/, ''))
    .filter((name) => !NEUTRAL.has(name))
    .map((name) => name.replace('_', '-'));
  return tags.length === 0 ? ['en-US'] : [...new Set(tags)];
}
