import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Watches what everybody on this computer can read of the programs by these names: arguments, and for their owner the environment. */
export function readCommandLines(programs: readonly string[]) {
  const texts = new Set<string>();
  const found = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const words = read(`/proc/${pid}/cmdline`);
      const program = basename(words.split('\0')[0] ?? '');
      if (!programs.includes(program)) continue;
      found.add(program);
      texts.add(words).add(read(`/proc/${pid}/environ`));
    }
  };
  const watching = setInterval(look, 5);
  return {
    stop: () => {
      clearInterval(watching);
      return { programs: [...found], text: [...texts].join('\n') };
    },
  };
}

/** A process may end while it is looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
