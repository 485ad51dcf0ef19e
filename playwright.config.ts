import { defineConfig } from 'playwright/test';

const ci = Boolean(process.env['CI']);

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // `npm test` starts them apart: screens need no app, and nothing in them looks at the clock.
  projects: [
    { name: 'screens', testMatch: '**/gallery.spec.ts', outputDir: 'test-results/screens' },
    { name: 'journeys', testIgnore: '**/gallery.spec.ts', outputDir: 'test-results/journeys' },
  ],
  // A machine that is starved is no failure: these end what hangs, and judge no speed.
  timeout: 240_000,
  expect: { timeout: 45_000 },
  fullyParallel: true,
  workers: 2,
  // A journey that passes only sometimes is a bug in it or in the app: `npm test` names it.
  retries: ci ? 1 : 0,
  forbidOnly: ci,
  reporter: 'list',
  // A recording takes a twentieth of a journey's time.
  use: { trace: ci ? 'on-first-retry' : 'retain-on-failure' },
});
