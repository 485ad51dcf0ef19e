import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { renderPage } from '../electron/testing/fault-suite/page.ts';
import { inProject } from './setup/project.mjs';

it('docs/faults.md tells the cases that the tests run', async () => {
  const page = inProject('docs', 'faults.md');
  const style = await resolveConfig(page);
  expect(readFileSync(page, 'utf8'), 'docs/faults.md is out of date: run npm run faults').toBe(
    await format(renderPage(), { ...style, filepath: page }),
  );
});
