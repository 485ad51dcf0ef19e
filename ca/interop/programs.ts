import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** The Debian package that brings each program these tests run. */
const packages = {
  lego: 'lego',
  certbot: 'certbot',
  'acme-tiny': 'acme-tiny',
  dehydrated: 'dehydrated',
  openssl: 'openssl',
  curl: 'curl',
  'pebble-challtestsrv': 'pebble',
} as const;
export type Program = keyof typeof packages;

/** Throws, naming the cure, when a program is not installed: a test that needs it must not pass without. */
export function requirePrograms(...programs: readonly Program[]): void {
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length === 0) return;
  const names = missing.map((program) => packages[program]).join(' ');
  throw new Error(
    `${missing.join(', ')} missing; as root: apt-get install --no-install-recommends ${names}`,
  );
}

export type Ran = {
  readonly code: number | null;
  /** Both streams, as they came. */
  readonly output: string;
};

export async function run(
  program: Program,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = spawn(program, parameters, {
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (text: string) => (output += text);
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** Fails a test with everything that the program printed, unless it succeeded. */
export function expectSuccess({ code, output }: Ran): void {
  if (code !== 0) throw new Error(`exit code ${code ?? 'none'}:\n${output}`);
}
