import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{shared,electron,renderer,ca,standin,scripts}/**/*.test.{ts,tsx,mjs}'],
    // Stylesheets are read by the test of the colours.
    css: true,
    // No module keeps state (docs/architecture.md, rule 6), so files can share a worker: loading everything anew for each
    // of them took a sixth of the time.
    isolate: false,
    // Tests wait for processes, timers and disks half of their time: on two cores one worker, the default, leaves the rest unused.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // `npm test` names what needed it.
    retry: process.env['CI'] ? 1 : 0,
    // What is waited for comes late on a busy machine; a second, the default, says nothing about the code.
    expect: { poll: { timeout: 15_000 } },
  },
});
