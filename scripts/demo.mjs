// The journey of `npm start -- --demo`. Runs on the project's own Node.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inProject } from './setup/project.mjs';

/**
 * @param {import('./setup/host.mjs').Host} host
 * @returns {Promise<number>} 0 only if the credential was issued, installed and accepted
 */
export async function runDemo(host) {
  const journey = spawn(process.execPath, [inProject('e2e/demo.ts')], {
    env: { ...process.env, E2E_HOST: host.kind },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(journey, 'exit');
  return code ?? 1;
}
