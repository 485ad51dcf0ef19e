import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{shared,electron,renderer,ca,standin,scripts}/**/*.test.{ts,tsx,mjs}'],
    // Stylesheets are read by the test of the colours.
    css: true,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
