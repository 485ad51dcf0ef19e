/** Numbers by which a process tells the system what must not become of it. */
export interface ProcessLimits {
  /** `RLIMIT_CORE` of setrlimit(2). */
  readonly core: number;
  /** `PR_SET_DUMPABLE` of prctl(2); `null` where there is no such call. */
  readonly dumpable: number | null;
}

/** Of this system; `null` where there are none, as on Windows, whose crash dumps are the administrator's to allow. */
export function processLimits(): ProcessLimits | null {
  if (process.platform === 'linux') return { core: 4, dumpable: 4 };
  return process.platform === 'darwin' ? { core: 4, dumpable: null } : null;
}
