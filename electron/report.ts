/** Says on the standard error output what went wrong while doing what; never what it was about. */
export function report(doing: string, error?: unknown): void {
  const lines = error === undefined ? [doing] : [`${doing}: ${nameOf(error)}`, ...framesOf(error)];
  console.error(lines.join('\n'));
}

/** A message may quote a link, an answer or a secret; a name and a code are our own words. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  const cause = error.cause === undefined ? '' : `, because of ${nameOf(error.cause)}`;
  return `${error.name}${code}${cause}`;
}

function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  return (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
}
