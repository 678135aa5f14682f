import { describe, expect, it } from 'vitest';
import { rowScores, type StoredScores } from '../../src/evaluate/row-scores.ts';
import { stream } from '../../src/random/stream.ts';
import { crossFitted, plainRow, seedsRow, temperatureRow } from '../../src/report/noise/calibration-rows.ts';
import { configurationScores } from '../../src/report/comparing/configuration-scores.ts';
import type { Cell } from '../../src/report/document/document.ts';
import { Noise } from '../../src/report/noise/noise.ts';
import { rankCorrelation } from '../../src/report/noise/rank-correlation.ts';
import { ensembleOverSeeds, membersCurve } from '../../src/report/noise/seeds-and-members.ts';
import { calibrationSection } from '../../src/report/sections/calibration-section.ts';
import { sweepDocument } from '../../src/report/sweep-document.ts';
import { rowsOf } from '../../src/cli/reading/read-row-values.ts';
import { outputsOf as outputsOfTrial } from '../../src/cli/reading/trial-outputs.ts';
import { everyRow } from '../../src/stats/repeats.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { equalRows } from '../../src/sweep/output-rows.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { metrics, trial } from '../dashboard/sweep-fixture.ts';
import { classScores } from '../../src/metrics/forms/scored-set.ts';
import { evaluatedRows, regressionShape } from '../support/evaluated.ts';
import { materialOf } from './report-material.ts';

const shape = { kind: 'text-classification', label_names: ['ham', 'spam', 'other'] };
const count = 120;
const labels = Array.from(stream(7, 'test.labels').integers(count, 3));

/** Six members of a seed: logits that are right more often than not, and far too sure of themselves. */
function outputsOf(seed: number): StoredScores {
  const shared = stream(seed, 'test.logits').normals(3 * count);
  const members = Array.from({ length: 6 }, (_, member) =>
    Float32Array.from(stream(seed, 'test.logits', member).normals(3 * count), (own, at) => {
      const right = labels[Math.floor(at / 3)] === at % 3 ? 1.2 : 0;
      return 6 * ((shared[at] ?? 0) + 0.4 * own + right);
    }),
  );
  const { rows } = evaluatedRows(shape, members, labels);
  return rowScores(
    taskOf(shape).scores,
    'logits',
    members.map((member) => equalRows(member, count)),
    rows,
    'rows',
  );
}

const outputs = new Map([1, 2, 3].map((seed) => [seed, outputsOf(seed)]));
const trials = [1, 2, 3].map((seed): TrialRow => {
  const base = trial(seed);
  const stored = outputs.get(seed);
  return {
    ...base,
    configuration: { ...base.configuration, seed },
    evaluation: { ...base.evaluation, ensemble_size: 6 },
    state: 'succeeded',
    metrics: metrics({ accuracy: stored?.value('accuracy', everyRow(count)) ?? null }),
  };
});
const [score] = configurationScores(trials);
if (score === undefined) throw new Error('no configuration');

describe('what a view makes of stored outputs', () => {
  it('counts each label by its prediction, and draws ensembles from the members of one training', async () => {
    const stored = outputsOf(1);
    const { confusion, byMembers } = await outputsOfTrial(stored, stored, 'accuracy');
    expect(confusion).toMatchObject({ rows: shape.label_names, columns: shape.label_names });
    const counts = confusion?.counts ?? [];
    expect(counts.flat().reduce((sum, one) => sum + one, 0)).toBe(count);
    const right = counts.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
    expect(right / count).toBeCloseTo(stored.value('accuracy', everyRow(count)) ?? 0, 12);
    expect(byMembers).toEqual(membersCurve(stored, 'accuracy'));
    expect(byMembers.map(({ members }) => members)).toEqual([1, 2, 3, 4, 5, 6]);
    // Over draws of the masks, not over seeds: one training alone has an interval, and all members at once none.
    expect(byMembers.slice(0, 5).every(({ lower, mean, upper }) => Number(lower) < mean && mean < Number(upper))).toBe(
      true,
    );
    expect(byMembers[5]).toMatchObject({ lower: null, upper: null });
  });
});

describe('ensembles drawn from the members of one training', () => {
  const draws = (seed: number, length: number) =>
    Array.from({ length: 5 }, (_, member) => Float32Array.from(stream(seed, 'test.members', member).normals(length)));

  it('are averaged and scored as a regression does it', async () => {
    const targets = Array.from(stream(9, 'test.targets').normals(count));
    const members = draws(1, count).map((noise) => noise.map((own, row) => (targets[row] ?? 0) + own));
    const { rows, members: outputs } = evaluatedRows(regressionShape, members, targets);
    const stored = rowScores(taskOf(regressionShape).scores, 'logits', outputs, rows, 'rows');
    const { confusion, byMembers } = await outputsOfTrial(stored, stored, 'pearson');
    expect(confusion).toBeNull();
    expect(byMembers.map(({ members: size }) => size)).toEqual([1, 2, 3, 4, 5]);
    // Their noise is independent: every further member brings the mean nearer to the target.
    for (const [index, { mean }] of byMembers.slice(1).entries())
      expect(mean).toBeGreaterThan(byMembers[index]?.mean ?? 1);
    expect(byMembers[4]).toEqual({ members: 5, mean: stored.whole('pearson'), lower: null, upper: null });
  });

  it('are averaged and scored as tags of words are', async () => {
    const tags = { kind: 'token-classification', label_names: ['O', 'B-PER', 'I-PER'] };
    const [sentences, words] = [40, 5];
    const truth = Array.from(stream(3, 'test.tags').integers(sentences * words, 2));
    const inputs = Array.from({ length: sentences }, (_, row) => ({
      ids: new Int32Array(words),
      typeIds: new Uint8Array(words),
      labels: truth.slice(row * words, (row + 1) * words),
      row,
    }));
    const members = draws(2, 3 * sentences * words).map((noise) =>
      equalRows(
        noise.map((own, at) => own + (truth[Math.floor(at / 3)] === at % 3 ? 1 : 0)),
        sentences,
      ),
    );
    const rows = inputs.map(() => ({ text: 'five words', label: 0 }));
    const stored = rowScores(taskOf(tags).scores, 'logits', members, { shape: tags, rows, inputs }, 'rows');
    const { byMembers } = await outputsOfTrial(stored, stored, 'entity_f1');
    expect(byMembers.map(({ members: size }) => size)).toEqual([1, 2, 3, 4, 5]);
    expect(byMembers[4]?.mean).toBeGreaterThan(byMembers[0]?.mean ?? 1);
    expect(byMembers[4]?.mean).toBe(stored.whole('entity_f1'));
    // A metric that no tags have is drawn of nothing.
    expect((await outputsOfTrial(stored, stored, 'accuracy')).byMembers).toEqual([]);
  });

  it('are averaged window by window, and their answers cut and scored as spans are', async () => {
    const questions = { kind: 'question-answering', label_names: [], settings: { unanswerable: false } };
    const [rows, words] = [40, 12];
    const context = Array.from({ length: words }, (_, at) => `word${String.fromCodePoint(97 + at)}`).join(' ');
    const truth = Array.from(stream(4, 'test.spans').integers(rows, words));
    const spans = Int32Array.from({ length: 2 * words }, (_, at) => 6 * Math.floor(at / 2) + (at % 2 === 0 ? 0 : 5));
    const inputs = truth.map((at, row) => ({
      ...{ ids: new Int32Array(words), typeIds: new Uint8Array(words), row, spans },
      labels: [at, at],
    }));
    const asked = truth.map((at, row) => ({
      ...{ id: `q${row}`, question: 'which', context },
      answers: [{ text: context.slice(6 * at, 6 * at + 5), start: 6 * at }],
    }));
    const members = draws(5, 2 * words * rows).map((noise) =>
      equalRows(
        noise.map((own, place) => {
          const [row, token] = [Math.floor(place / (2 * words)), Math.floor(place / 2) % words];
          return own + (truth[row] === token ? 1.5 : 0);
        }),
        rows,
      ),
    );
    const stored = rowScores(
      taskOf(questions).scores,
      'logits',
      members,
      { shape: questions, rows: asked, inputs },
      'rows',
    );
    for (const metric of ['exact_match', 'answer_f1', 'loss']) {
      const { byMembers } = await outputsOfTrial(stored, stored, metric);
      expect(byMembers.map(({ members: size }) => size)).toEqual([1, 2, 3, 4, 5]);
      const alone = stored.members.map((member) => stored.withMembers([member]).whole(metric) ?? Number.NaN);
      expect(byMembers[0]?.mean).toBeCloseTo(alone.reduce((sum, value) => sum + value, 0) / 5, 12);
      expect(byMembers[4]).toEqual({ members: 5, mean: stored.whole(metric), lower: null, upper: null });
      // Noise that the members do not share is averaged away, and a share stays within 0 to 1.
      const gain = (byMembers[4]?.mean ?? 0) - (byMembers[0]?.mean ?? 0);
      expect(metric === 'loss' ? -gain : gain).toBeGreaterThan(0.1);
      if (metric !== 'loss') expect(byMembers.every(({ upper }) => (upper ?? 0) <= 1)).toBe(true);
    }
  });
});

describe('rows of an effect', () => {
  it('are those of a plain mean over them alone', () => {
    const stored = outputsOf(1);
    expect(rowsOf(stored, 'accuracy')?.perRow('accuracy')).toEqual(stored.perRow('accuracy'));
    expect(rowsOf(stored, 'ece')).toBeNull();
    // As a loss over tokens is: rows count as many times as they have of them.
    const weights = Float64Array.from({ length: count }, (_, row) => (row < 10 ? 9 : 1));
    const weighed = rowsOf({ ...stored, weights: () => weights }, 'accuracy');
    const expected = weights.reduce((sum, own, row) => sum + own * (stored.perRow('accuracy')?.[row] ?? 0), 0);
    expect(weighed?.value('accuracy', everyRow(count))).toBeCloseTo(expected / (count + 80), 12);
    expect(rowsOf(undefined, 'accuracy')).toBeNull();
  });
});

describe('calibration from stored outputs', () => {
  it('is better at a temperature that was fitted on other rows, with the same predictions', () => {
    const plain = plainRow('plain', score, outputs);
    const scaled = temperatureRow('scaled', score, outputs, null);
    expect(scaled?.temperature).toBeGreaterThan(1.5);
    for (const metric of ['loss', 'ece', 'brier'])
      expect(scaled?.value(metric)?.mean, metric).toBeLessThan(plain?.value(metric)?.mean ?? 0);
    expect(scaled?.value('accuracy')?.mean).toBe(plain?.value('accuracy')?.mean);
    const { lower, upper, mean } = scaled?.value('ece') ?? { lower: null, upper: null, mean: 0 };
    expect(lower).toBeLessThan(mean);
    expect(upper).toBeGreaterThan(mean);
  });

  it('fits no row’s temperature by the row itself', () => {
    const [content] = [...outputs.values()].flatMap(({ set }) => classScores.read(set) ?? []);
    if (content === undefined) throw new Error('no classes');
    const before = crossFitted(content).content.probabilities;
    // Another label of a row moves the temperature of the other half alone: never what the row is scored at.
    const changed = { ...content, labels: content.labels.map((label, row) => (row === 5 ? (label + 1) % 3 : label)) };
    const after = crossFitted(changed).content.probabilities;
    expect(after.slice(15, 18)).toEqual(before.slice(15, 18));
    expect(after).not.toEqual(before);
  });

  it('takes the seeds as one ensemble of all their members', () => {
    const joined = ensembleOverSeeds(score, outputs);
    expect(joined?.members).toHaveLength(18);
    const all = [...outputs.values()].flatMap(({ members }) => members);
    const expected = [...outputs.values()][0]?.withMembers(all).value('loss', everyRow(count));
    expect(seedsRow('seeds', score, outputs)?.value('loss')?.mean).toBe(expected);
    expect(ensembleOverSeeds(score, new Map([...outputs].slice(0, 2)))).toBeNull();
  });

  it('stands in the report, beside the M-curve over draws of the masks', () => {
    const material = materialOf(1);
    const document = sweepDocument(
      [{ ...material, snapshot: { ...material.snapshot, trials }, outputs, noise: new Noise(outputs) }],
      '',
    );
    const blocks = document.sections.flatMap(({ blocks: own }) => own);
    const table = blocks.find((block) => 'name' in block && block.name === 'calibration-table');
    const cells: readonly (readonly Cell[])[] = table?.kind === 'table' ? table.rows : [];
    expect(cells.map(([label]) => label?.text)).toEqual(['p 0.5', 'p 0.5, temperature', 'p 0.5, 3 seeds as one']);
    const names = blocks.flatMap((block) => (block.kind === 'figure' ? [block.name] : []));
    expect(names).toEqual(expect.arrayContaining(['coverage', 'm-curve-draws', 'm-curve-draws-loss']));
  });

  it('is named by the rows that are scored: those chosen on are others', () => {
    const tested = trials.map((row): TrialRow => {
      return { ...row, trial: row.trial + 3, evaluation: { ...row.evaluation, split: 'test' } };
    });
    const both = new Map([...outputs, ...[...outputs].map(([number, own]) => [number + 3, own] as const)]);
    const material = materialOf(1);
    const snapshot = { ...material.snapshot, trials: [...trials, ...tested] };
    const blocks = calibrationSection.build({ ...material, snapshot, outputs: both, noise: new Noise(both) }) ?? [];
    const said = JSON.stringify(blocks);
    expect(said).toContain('split test, temperature');
    expect(said).not.toContain('split dev');
    expect(said).toContain('Means over seeds of the test rows');
  });
});

describe('the M-curve over draws of the masks', () => {
  const stored = outputsOf(1);
  const curve = membersCurve(stored, 'loss');

  it('has each member alone at its begin, all of them at its end, and nothing worse between', () => {
    expect(curve.map(({ members }) => members)).toEqual([1, 2, 3, 4, 5, 6]);
    const alone = stored.members.map((member) => stored.withMembers([member]).value('loss', everyRow(count)) ?? 0);
    expect(curve[0]?.mean).toBeCloseTo(alone.reduce((sum, loss) => sum + loss, 0) / 6, 12);
    expect(curve[5]).toEqual({ members: 6, mean: stored.value('loss', everyRow(count)), lower: null, upper: null });
    // The loss is convex in the mean outputs: on average over draws a larger ensemble is no worse than one member.
    for (const { mean } of curve.slice(1)) expect(mean).toBeLessThan(curve[0]?.mean ?? 0);
  });
});

describe('a rank correlation', () => {
  it('is scipy’s, with an interval around it', () => {
    // scipy.stats.spearmanr([1, 2, 3, 4, 5, 6, 7], [2, 1, 4, 3, 7, 5, 6]).statistic
    const found = rankCorrelation([1, 2, 3, 4, 5, 6, 7], [2, 1, 4, 3, 7, 5, 6]);
    expect(found?.rho).toBeCloseTo(0.8214285714285715, 12);
    expect(found?.lower).toBeLessThan(0.82);
    expect(found?.upper).toBeLessThanOrEqual(1);
  });

  it('is none of a constant, such as complexity at one p and λ', () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(rankCorrelation([1, 2], [1, 2])).toBeNull();
  });
});
