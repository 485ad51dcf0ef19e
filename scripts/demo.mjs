// The journey of `npm start -- --demo`. Runs on the project's own Node.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findHost } from './setup/host.mjs';
import { inProject } from './setup/project.mjs';

/** @returns {Promise<number>} 0 only if the credential was issued, installed and accepted */
export async function runDemo() {
  const host = await findHost({ mayDownload: false });
  const journey = spawn(process.execPath, [inProject('e2e/demo.ts')], {
    env: { ...process.env, E2E_HOST: host.kind },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(journey, 'exit');
  return code ?? 1;
}
