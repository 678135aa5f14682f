import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/**
 * Folders whose tests own nothing that outlives them: no server, no process, no engine, no setting of the process. What
 * they import is loaded once for all of them, which is half of their time.
 */
const plain = ['base', 'metrics', 'notices', 'random', 'search', 'stats', 'sweep'];
const plainFiles = plain.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    // Frames and logs show this machine's clock.
    // onnxruntime, which some tests import themselves, sends nothing.
    env: { TZ: 'UTC', ORT_DISABLE_TELEMETRY: '1' },
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 240_000,
    reporters: ['default', ['json', { outputFile: 'dist/test-results.json' }]],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'plain',
          include: plainFiles,
          isolate: false,
          // Two cores, which these tests keep busy.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'own',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: plainFiles,
          // Two cores and one more: many wait for servers, clocks and terminals of their own.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
