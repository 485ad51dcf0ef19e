import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// `npm test` sets it for a whole run, in which made-up inputs are fewer (electron/testing/made-up.ts) and what is tagged `deep` is
// left to `npm run test:all`. Whoever names files gets all that is in them.
const sampled = process.env['SAMPLED_TESTS'] === '1';

export default defineConfig({
  test: {
    include: ['{shared,electron,renderer,ca,conformance,standin,scripts}/**/*.test.{ts,tsx,mjs}'],
    tags: [{ name: 'deep', description: 'Slow, and rarely the first to break' }],
    provide: { sampled },
    // Programs of ours that tests start are stripped of their types and compiled once, not once in each process.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '.cache', 'node') },
    // Stylesheets are read by the test of the colours.
    css: true,
    // No module keeps state (docs/architecture.md, rule 6), so files can share a worker: loading everything anew for each
    // of them took a sixth of the time.
    isolate: false,
    // Tests wait for processes, timers and disks half of their time: on two cores one worker, the default, leaves the rest unused.
    maxWorkers: 2,
    // A machine that is starved is no failure: these end what hangs, and judge no speed.
    testTimeout: 90_000,
    hookTimeout: 180_000,
    // `npm test` names what needed it.
    retry: process.env['CI'] ? 1 : 0,
    // What is waited for comes late on a busy machine; a second, the default, says nothing about the code.
    expect: { poll: { timeout: 45_000 } },
  },
});
