import { readdir, readFile } from 'node:fs/promises';

export interface Memory {
  /** Megabytes of the main process. */
  readonly main: number;
  /** Megabytes of the process that shows the page. */
  readonly renderer: number;
}

/**
 * Memory of a running wallet by proportional set size: pages shared with other processes count by their share,
 * so that the sum over processes is what the machine really spends (Linux, proc_pid_smaps(5)).
 */
export async function readMemory(mainPid: number): Promise<Memory> {
  const processes = await readProcesses();
  const family = descendants(mainPid, processes);
  // Chromium shows parts of its own surface in renderers too; an app window has none of those visible.
  const renderers = family.filter(
    ({ command }) => command.includes('--type=renderer') && !command.includes('--top-chrome-webui'),
  );
  const sizes = await Promise.all(renderers.map(({ pid }) => proportionalSize(pid)));
  return { main: await proportionalSize(mainPid), renderer: Math.max(...sizes) };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

async function readProcesses(): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => readProcess(pid)));
  return found.filter((each) => each !== null);
}

/** Null for a process that ended meanwhile. */
async function readProcess(pid: number): Promise<Process | null> {
  try {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The name in parentheses may hold anything; the parent is the second field after it (proc_pid_stat(5)).
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return { pid, parent, command };
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'ESRCH')
    ) {
      return null;
    }
    throw error;
  }
}

function descendants(root: number, processes: readonly Process[]): readonly Process[] {
  const children = processes.filter(({ parent }) => parent === root);
  return children.flatMap((child) => [child, ...descendants(child.pid, processes)]);
}

async function proportionalSize(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} says nothing of its memory`);
  return Number(kilobytes) / 1024;
}
