import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planSweep } from '../support/whole-plan.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';

const everything = { isFile: () => true, isFolder: () => true };
const file = path.join(import.meta.dirname, '../../examples/squad.yaml');
const squad: SweepDefinition = parseSweepFile(
  readFileSync(file, 'utf8'),
  file,
  everything,
  taskSections,
  searchSections,
);

/** Steps of a training of 2 epochs in batches of 32. */
function stepsAt(maxLength: number, counted?: Readonly<Record<string, number>>): number | undefined {
  const definition = { ...squad, training: { ...squad.training, max_length: maxLength } };
  const inputs = resolvedInputs({
    train: { hash: 'd'.repeat(64), rows: 320 },
    ...(counted === undefined ? {} : { train_inputs: counted }),
  });
  return planSweep(definition, inputs).trainings[0]?.specification.total_steps;
}

describe('a plan of rows that become several inputs', () => {
  it('has epochs of inputs, counted at each length, and of rows where nothing was counted', () => {
    expect(stepsAt(256)).toBe(20);
    expect(stepsAt(256, { 128: 960, 256: 640 })).toBe(40);
    expect(stepsAt(128, { 128: 960, 256: 640 })).toBe(60);
  });

  it('has no shorter epoch than a whole one where a search drew a length that nobody counted', () => {
    expect(stepsAt(200, { 128: 960, 256: 640 })).toBe(60);
    expect(stepsAt(300, { 128: 960, 256: 640 })).toBe(40);
    expect(stepsAt(64, { 128: 960, 256: 640 })).toBe(60);
  });

  it('trains once however predictions are judged, and evaluates each way of it', () => {
    const judgedBy = (nBest: number) =>
      planSweep(
        { ...squad, task: { ...squad.task, judging: { ...squad.task.judging, n_best: nBest } } },
        resolvedInputs(),
      );
    const [a, b] = [judgedBy(20), judgedBy(5)];
    expect(a.trainings.map((one) => one.training_hash)).toEqual(b.trainings.map((one) => one.training_hash));
    expect(a.trainings[0]?.evaluations[0]?.evaluation_hash).not.toBe(b.trainings[0]?.evaluations[0]?.evaluation_hash);
    expect(a.canonical_hash).not.toBe(b.canonical_hash);
  });
});
