import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../..');

/**
 * A dashboard in a process of its own, as the command line starts one, drawn a thousand times with something new each
 * time: what it keeps of each drawing would be kept for as long as it is left open.
 */
const program = `
  import { PassThrough } from 'node:stream';
  await import(${JSON.stringify(resolve(project, 'dist/src/cli/production-mode.js'))});
  const { runDashboard } = await import(${JSON.stringify(resolve(project, 'dist/src/dashboard/run-dashboard.js'))});
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {}, ref() {}, unref() {} });
  const stdout = { columns: 80, rows: 24, write() {}, on() {}, off() {} };
  const counts = { waiting: 0, running: 1, evaluating: 0, succeeded: 0, diverged: 0, out_of_memory: 0, infeasible: 0,
    crashed: 0, pruned: 0, cancelled: 0, total: 1, reused: 0, collapsed: 0 };
  const leaving = new AbortController();
  let drawn = 0;
  const heap = () => { global.gc(); return process.memoryUsage().heapUsed; };
  let before = 0;
  await runDashboard({
    readSnapshot: async () => {
      drawn += 1;
      if (drawn === 200) before = heap();
      if (drawn === 1200) leaving.abort();
      return { sweepId: 's', name: 'sweep', state: 'running', desiredState: 'running', trainer: 'onnx',
        definition: { task: { kind: 'text-classification' }, trainer: 'onnx', search: { kind: 'grid' },
          scheduler: { kind: 'none' }, training: {}, evaluations: [], space: {}, objectives: [{ metric: 'accuracy', direction: 'maximize' }] },
        desiredParallelism: 1, createdAt: new Date(), finishedAt: null, counts, stepsDone: drawn, stepsTotal: 10_000,
        stepsPerSecond: 1, trials: [], trialCount: 0, slots: [], recentEvents: [] };
    },
    source: {}, command: async () => {}, stdout, stdin, refreshMs: 0, signal: leaving.signal,
  });
  const entries = performance.getEntries().length;
  console.log(JSON.stringify({ entries, grown: heap() - before, drawn }));
`;

describe('a dashboard that is left open', () => {
  it('keeps nothing of what it has drawn', { timeout: 120_000 }, async () => {
    const run = await promisify(execFile)('node', ['--expose-gc', '--input-type=module', '--eval', program], {
      cwd: project,
      env: { ...process.env, NODE_ENV: '' },
    });
    const measured: { entries: number; grown: number; drawn: number } = JSON.parse(run.stdout);
    expect(measured.drawn).toBe(1200);
    // React's development build made 40 entries a drawing, 48,386 in all.
    expect(measured.entries).toBeLessThan(50);
    expect(measured.grown).toBeLessThan(2_000_000);
  });

  it('runs on React as it is shipped: that is decided before anything else is imported', () => {
    const main = readFileSync(resolve(project, 'src/cli/main.ts'), 'utf8');
    expect(/import '(.*)'/.exec(main)?.[1]).toBe('./production-mode.ts');
    expect(main.indexOf('import ')).toBe(main.indexOf("import './production-mode.ts'"));
  });
});
