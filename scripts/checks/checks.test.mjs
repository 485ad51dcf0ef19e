import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inProject, readJson } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { byExitCode, nothing, summary, total, withExitCode } from './outcome.mjs';
import { countPlaywright } from './playwright.mjs';
import { typedLint, writeTypedRules } from './typed-rules.mjs';
import { vitestCommand, vitestOutcome } from './vitest.mjs';

// Whole runners are started in these tests.
vi.setConfig({ testTimeout: 180_000 });

// The runners' own reports on files that fail in every way we know: what they write changes with their versions.
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checks-'));
  symlinkSync(inProject('node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name, content) => writeFileSync(join(folder, name), content);

async function vitest() {
  const file = join(folder, 'report.json');
  const command = [...vitestCommand(file), '--root', folder];
  const result = await run(process.execPath, command, { cwd: folder });
  return vitestOutcome(readJson(file), result);
}

async function playwright() {
  const file = join(folder, 'report.json');
  const program = inProject('node_modules/playwright/cli.js');
  write('playwright.config.mjs', 'export default { testMatch: "*.spec.mjs" };');
  const result = await run(process.execPath, [program, 'test', '--reporter=json'], {
    cwd: folder,
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
  });
  return withExitCode(countPlaywright(readJson(file)), result);
}

test('of vitest, passed, failed, skipped and broken files are counted', async () => {
  write(
    'mixed.test.mjs',
    `import { expect, test } from 'vitest';
     test('holds', () => expect(1).toBe(1));
     test('does not hold', () => expect(1).toBe(2));
     test.skip('waits', () => {});
     test.todo('is planned');`,
  );
  write('broken.test.mjs', 'throw new Error("cannot even be loaded");');
  const outcome = await vitest();
  expect(outcome).toMatchObject({ passed: 1, failed: 2, skipped: 2 });
  expect(outcome.report).toContain('does not hold');
  expect(outcome.report).toContain('cannot even be loaded');
});

test(
  'of vitest, what passed only when it was tried again is named',
  { tags: ['deep'] },
  async () => {
    write(
      'unsteady.test.mjs',
      `import { expect, test } from 'vitest';
     let tries = 0;
     test('holds', () => {});
     test('holds sometimes', { retry: 1 }, () => expect((tries += 1)).toBe(2));`,
    );
    const outcome = await vitest();
    expect(outcome).toMatchObject({ passed: 2, failed: 0 });
    expect(outcome.unsteady).toEqual([expect.stringContaining('holds sometimes')]);
  },
);

test('of vitest, an error outside any test fails the run', { tags: ['deep'] }, async () => {
  write(
    'stray.test.mjs',
    `import { test } from 'vitest';
     test('holds', async () => {
       setTimeout(() => { throw new Error('nobody caught this'); }, 1);
       await new Promise((resolve) => setTimeout(resolve, 200));
     });`,
  );
  const outcome = await vitest();
  expect(outcome).toMatchObject({ passed: 1, failed: 1 });
  expect(outcome.report).toContain('nobody caught this');
});

test('of Playwright, passed, failed and skipped are counted', async () => {
  write(
    'mixed.spec.mjs',
    `import { expect, test } from 'playwright/test';
     test('holds', () => expect(1).toBe(1));
     test.describe('a group', () => {
       test('does not hold', () => expect(1).toBe(2));
       test.skip('waits', () => {});
     });`,
  );
  const outcome = await playwright();
  expect(outcome).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
  expect(outcome.report).toContain('a group › does not hold');
});

test(
  'of Playwright, what passed only when it was tried again is named',
  { tags: ['deep'] },
  async () => {
    write(
      'unsteady.spec.mjs',
      `import { expect, test } from 'playwright/test';
     test.describe.configure({ retries: 1 });
     test('holds', () => {});
     test('holds sometimes', ({}, { retry }) => expect(retry).toBe(1));`,
    );
    const outcome = await playwright();
    expect(outcome).toMatchObject({ passed: 2, failed: 0 });
    expect(outcome.unsteady).toEqual([expect.stringContaining('holds sometimes')]);
  },
);

test('of Playwright, a file that cannot be loaded fails the run', { tags: ['deep'] }, async () => {
  write('broken.spec.mjs', 'throw new Error("cannot even be loaded");');
  const outcome = await playwright();
  expect(outcome.failed).toBeGreaterThan(0);
  expect(outcome.report).toContain('cannot even be loaded');
});

test('a runner that breaks without a report is a failure', () => {
  const result = { code: 1, output: 'out of memory' };
  const said = { failed: 1, report: 'out of memory' };
  expect(vitestOutcome(undefined, result)).toMatchObject(said);
  expect(withExitCode(countPlaywright(undefined), result)).toMatchObject(said);
});

test('what a sample leaves out is not skipped', () => {
  const tests = [
    { status: 'passed', tags: [], failureMessages: [] },
    { status: 'skipped', tags: ['deep'], failureMessages: [] },
    { status: 'skipped', tags: [], failureMessages: [] },
  ];
  const report = {
    ...{ numPassedTests: 1, numFailedTests: 0, numPendingTests: 2, numTodoTests: 0 },
    testResults: [{ name: 'x', status: 'passed', assertionResults: tests }],
  };
  const outcome = vitestOutcome(report, { code: 0, output: '' });
  expect(outcome).toMatchObject({ passed: 1, failed: 0, skipped: 1 });
});

test('rules that need types find a promise that nobody awaits', async () => {
  write('tsconfig.json', '{ "compilerOptions": { "strict": true }, "include": ["*.ts"] }');
  write('forgetful.ts', 'export const begin = () => { Promise.resolve(1); };');
  const words = [...typedLint(await writeTypedRules(folder)), 'forgetful.ts'];
  const command = [inProject('node_modules/oxlint/bin/oxlint'), ...words];
  const { code, output } = await run(process.execPath, command, { cwd: folder });
  expect(code).toBe(1);
  expect(output).toContain('no-floating-promises');
});

test('a tool counts as one check', () => {
  expect(byExitCode({ code: 0, output: 'fine' })).toEqual({ ...nothing, passed: 1 });
  expect(byExitCode({ code: 2, output: 'wrong' })).toMatchObject({ failed: 1, report: 'wrong' });
});

test('the last line names skipped tests only when there are any', () => {
  const one = { ...nothing, passed: 3 };
  const other = { ...nothing, passed: 1, failed: 2, skipped: 4, report: 'x' };
  expect(summary(one)).toBe('3 passed, 0 failed');
  expect(summary(total([one, other]))).toBe('4 passed, 2 failed, 4 skipped');
});
