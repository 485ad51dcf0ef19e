import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { processLimits } from '../../platform/process-limits.ts';

const isLinux = processLimits()?.dumpable === 4;

// prctl(2): PR_GET_DUMPABLE is 3.
const program = `
  import { readFileSync } from 'node:fs';
  import koffi from 'koffi';
  import { keepMemoryPrivate } from ${JSON.stringify(new URL('./private-memory.ts', import.meta.url))};
  const { prctl } = { prctl: koffi.load(null).func('prctl', 'int', ['int', 'ulong']) };
  const seen = () => [prctl(3, 0), /core file size.*/.exec(readFileSync('/proc/self/limits', 'utf8'))[0]];
  const before = seen();
  keepMemoryPrivate(${JSON.stringify(processLimits())});
  process.stdout.write(JSON.stringify([before, seen()]));
`;

it.runIf(isLinux)('leaves nothing of a process for a core file', () => {
  const words = ['--input-type=module', '--eval', program];
  const said = execFileSync(process.execPath, words, { cwd: import.meta.dirname });
  const [before, after] = JSON.parse(said.toString()) as [unknown[], unknown[]];
  expect(before[0]).toBe(1);
  expect(after).toEqual([0, expect.stringMatching(/^core file size +0 +0 /)]);
});
