import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Frames and logs show this machine's clock.
    // onnxruntime, which some tests import themselves, sends nothing.
    env: { TZ: 'UTC', ORT_DISABLE_TELEMETRY: '1' },
    pool: 'forks',
    // Two cores: tests that own servers or the engine must not starve one another.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 240_000,
    reporters: ['default', ['json', { outputFile: 'dist/test-results.json' }]],
    globalSetup: ['test/support/global-setup.ts'],
  },
});
