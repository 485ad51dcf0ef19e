import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'playwright/test';

const project = dirname(dirname(fileURLToPath(import.meta.url)));

test('npm start -- --demo runs the journey by itself and proves that Chromium signs in', async () => {
  test.setTimeout(240_000);
  const program = join(project, 'scripts', 'start.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--demo'], {
    cwd: project,
  });
  expect(stdout).toMatch(/^Proven: a certificate for alex@example\.test was issued by ACME/m);
  const pictures = await readdir(join(project, 'demo-output'));
  expect(pictures.toSorted()).toEqual([
    '01-welcome.png',
    '02-organization.png',
    '03-choose.png',
    '04-prove.png',
    '05-progress.png',
    '06-install.png',
    '07-home.png',
    '08-credential.png',
    '09-signed-in.png',
  ]);
});
