import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Everything under some directories, and what NSS databases list: path or entry, and what is there. */
export type Traces = Readonly<Record<string, string>>;

// NSS rewrites its files with every look at them: what they hold is asked of NSS itself.
const asked = new Set(['cert9.db', 'key4.db', 'pkcs11.txt']);

/**
 * What is there before something is done, to be compared with what is there afterwards: files with mode and digest,
 * directories, links, and for each NSS database its certificates, keys and modules.
 */
export function tracesIn(...directories: readonly string[]): Traces {
  return Object.fromEntries(directories.filter(existsSync).flatMap((root) => walk(root, root)));
}

function walk(root: string, directory: string): [string, string][] {
  const found = readdirSync(directory, { withFileTypes: true });
  const entries = found
    .filter(({ name }) => !asked.has(name))
    .flatMap((entry): [string, string][] => {
      const path = join(directory, entry.name);
      const name = relative(root, path);
      if (entry.isSymbolicLink()) return [[name, `-> ${readlinkSync(path)}`]];
      const mode = (statSync(path).mode & 0o7777).toString(8);
      if (entry.isDirectory()) return [[`${name}/`, mode], ...walk(root, path)];
      if (!entry.isFile()) return [[name, 'no file']];
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      return [[name, `${mode} ${digest}`]];
    });
  const isDatabase = found.some(({ name }) => name === 'cert9.db');
  if (isDatabase) entries.push([`nss:${relative(root, directory)}`, databaseIn(directory)]);
  return entries;
}

/** Listings without the order of their lines, which means nothing. */
function databaseIn(directory: string): string {
  const modules = readFileSync(join(directory, 'pkcs11.txt'), 'utf8').match(
    /^(?:library|name)=.*$/gm,
  );
  return [
    ...linesOf('certutil', '-L', '-d', `sql:${directory}`),
    ...linesOf('certutil', '-K', '-d', `sql:${directory}`).map((line) =>
      line.replace(/^<\s*\d+>\s*/, ''),
    ),
    ...(modules ?? []),
  ]
    .sort()
    .join('\n');
}

function linesOf(program: string, ...words: readonly string[]): readonly string[] {
  // certutil takes having no keys for a failure.
  const script = '"$0" "$@" 2>/dev/null || true';
  const said = execFileSync('sh', ['-c', script, program, ...words], { encoding: 'utf8' });
  return said.split('\n').filter((line) => line.trim() !== '');
}
