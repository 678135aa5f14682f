import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepTiming, readSpeed } from '../../src/launch/cost/kept-speeds.ts';
import { rangeText } from '../../src/launch/launch-summary.ts';
import { probeSpeed } from '../../src/launch/cost/probe-speed.ts';
import { tookSentence } from '../../src/report/took-sentence.ts';
import { freezeRows } from '../../src/data/frozen-rows.ts';
import { predictCost } from '../../src/sweep/predict-cost.ts';
import type { Budget } from '../../src/sweep/file/read-budget.ts';
import type { SweepPlan } from '../../src/sweep/sweep-definition.ts';
import { kindName, kindsOf } from '../../src/sweep/training-kinds.ts';
import { SegmentBench } from '../support/segment-run.ts';
import { tinyRows } from '../support/tiny-model.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';

const speed = { trained: { low: 1e-6, high: 2e-6 }, scored: { low: 1e-7, high: 3e-7 } };

/** Two trainings of a real trainer: 20 steps of 8 rows of 16 tokens and two instances each, one pass over 50 dev rows. */
function realPlan(bench: SegmentBench): SweepPlan {
  const plan = simulatedPlan({
    ...{ name: 'timed', trainings: 2, parallelism: 2 },
    simulation: { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 20 },
  });
  const specification = { ...bench.specification(), total_steps: 20 };
  const evaluations = plan.trainings[0]?.evaluations.map((evaluation) => ({ ...evaluation, dataset: bench.dev })) ?? [];
  return {
    ...plan,
    definition: { ...plan.definition, trainer: 'onnx' },
    inputs: { ...plan.inputs, base: specification.base, task: bench.task, train: bench.train, dev: bench.dev },
    trainings: plan.trainings.map((training) => ({ ...training, specification, evaluations })),
  };
}

describe('the time that a sweep will take', () => {
  const bench = new SegmentBench();
  const plan = realPlan(bench);
  const inputs = {
    trainTokens: 16,
    devTokens: 16,
    slots: 2,
    encoderParameters: 1_000,
    done: new Map<string, number>(),
  };

  it('follows from what a slot was timed at: tokens times seconds, divided among the slots', () => {
    const trained = 2 * 20 * 2 * 8 * 16;
    // Two members over the dev rows and the train rows of the gap, which are all.
    const scored = 2 * 2 * (50 + 80) * 16;
    const cost = predictCost(plan, { ...inputs, speed });
    expect(cost.timed).toBe(true);
    expect(cost.lowSeconds).toBeCloseTo((trained * 1e-6 + scored * 1e-7) / 2, 12);
    expect(cost.highSeconds).toBeCloseTo((trained * 2e-6 + scored * 3e-7) / 2, 12);
  });

  it('falls by what early stopping is expected to save of the trained steps, and by what is done', () => {
    const whole = predictCost(plan, { ...inputs, speed });
    const stopped = predictCost(plan, { ...inputs, speed, stepShare: { low: 0.5, high: 0.7 } });
    expect(stopped.lowSeconds).toBeLessThan(whole.lowSeconds);
    expect(stopped.highSeconds).toBeGreaterThan(stopped.lowSeconds);
    const done = new Map(kindsOf(plan.trainings).map(({ first, count }) => [kindName(first), count]));
    expect(predictCost(plan, { ...inputs, speed, done })).toMatchObject({ lowSeconds: 0, highSeconds: 0 });
  });

  it('ends with a budget of hours, but for what runs then, and says how many trainings that has time for', () => {
    const search = { ...plan, adaptive_trainings: 1_000 };
    const whole = predictCost(search, { ...inputs, speed });
    const [fast, slow] = [(2 * whole.lowSeconds) / 1_000, (2 * whole.highSeconds) / 1_000];
    const within = (budget: Budget) =>
      predictCost({ ...search, definition: { ...plan.definition, budget } }, { ...inputs, speed });
    // Two slots, for ten of the slower trainings one after the other.
    const cost = within({ hours: (9.5 * slow) / 3_600 });
    expect(cost.lowSeconds).toBeCloseTo(9.5 * slow, 12);
    expect(cost.highSeconds).toBeCloseTo(10.5 * slow, 12);
    expect(cost.withinBudget).toEqual({ low: 20, high: 2 * Math.ceil((9.5 * slow) / fast) });
    expect(within({ slot_hours: (2 * 9.5 * slow) / 3_600 })).toEqual(cost);
    expect(within({ hours: 1_000 })).toMatchObject({ highSeconds: whole.highSeconds });
    expect(within({ trainings: 100 }).highSeconds).toBeCloseTo(whole.highSeconds / 10, 12);
    expect(within({ target: 1 })).toEqual(whole);
  });

  it('is said as a range, and never as from nothing to nothing', () => {
    expect(rangeText({ lowSeconds: 0.1, highSeconds: 0.9 })).toBe('under 1 s');
    expect(rangeText({ lowSeconds: 0, highSeconds: 0 })).toBe('under 1 s');
    expect(rangeText({ lowSeconds: 0.4, highSeconds: 12 })).toBe('up to 12 s');
    expect(rangeText({ lowSeconds: 190, highSeconds: 302 })).toBe('3 min 10 s to 5 min 02 s');
  });

  it('stands beside what it took once the sweep has ended', () => {
    const ended = { createdAt: new Date(0), finishedAt: new Date(300_000) };
    expect(tookSentence(ended, { predicted_seconds: '190.0 to 302.0' })).toBe(
      'Took 5 min 00 s; 3 min 10 s to 5 min 02 s were predicted.',
    );
    expect(tookSentence(ended, { predicted_seconds: '0.2 to 302.0' })).toBe(
      'Took 5 min 00 s; up to 5 min 02 s was predicted.',
    );
    expect(tookSentence(ended, {})).toBe('Took 5 min 00 s.');
    expect(tookSentence({ ...ended, finishedAt: null }, { predicted_seconds: '1 to 2' })).toBeNull();
  });

  it('is timed by a real training of the base in a slot’s own process, and kept for the next launch', async () => {
    const train = freezeRows(tinyRows(1, 80));
    const dev = freezeRows(bench.devRows);
    const datasets = [train, dev].map(({ hash, rows, bytes }) => ({ hash, rows, content: bytes }));
    const timed = await probeSpeed(
      { plan, datasets, trainTokens: 10, devTokens: 10 },
      {
        mainPath: resolve(import.meta.dirname, '../../dist/src/train/process/trainer-process-main.js'),
        environment: process.env,
      },
    );
    if (timed === null) throw new Error('the probe came to no end');
    for (const { low, high } of [timed.trained, timed.scored]) {
      expect(low).toBeGreaterThan(0);
      expect(high).toBeGreaterThan(low);
    }
    const folder = mkdtempSync(join(tmpdir(), 'dropsweep-speeds-'));
    expect(readSpeed(folder, 'cpu tiny')).toBeNull();
    keepTiming(folder, 'cpu tiny', { at: '2026-01-02T03:04:05Z', load: 0, speed: timed });
    keepTiming(folder, 'cpu other', { at: '2026-01-02T03:04:05Z', load: 0, speed });
    expect(readSpeed(folder, 'cpu tiny')).toEqual(timed);
  });
});
