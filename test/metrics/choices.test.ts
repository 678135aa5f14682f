import { describe, expect, it } from 'vitest';
import { classRowScores } from '../../src/evaluate/class-row-scores.ts';
import { type ChoiceScores, choiceScores } from '../../src/metrics/forms/choice-scores.ts';
import { classesIn } from '../../src/metrics/forms/class-forms.ts';
import { allMetrics } from '../../src/metrics/metrics.ts';
import { scoreMembers, scoreSet } from '../../src/metrics/score-set.ts';
import { classScores } from '../../src/metrics/forms/scored-set.ts';
import { atTemperature, fitTemperature, selectClassRows } from '../../src/metrics/parts/temperature-scaling.ts';
import { everyRow } from '../../src/stats/repeats.ts';

/** Four questions: two of two choices, two of three; letters beyond a question's own have probability 0. */
const content: ChoiceScores = {
  names: ['A', 'B', 'C'],
  probabilities: Float64Array.from([0.9, 0.1, 0, 0.2, 0.8, 0, 0.5, 0.3, 0.2, 0.1, 0.1, 0.8]),
  predictions: [0, 1, 0, 2],
  labels: [0, 0, 0, 2],
  choices: [2, 2, 3, 3],
  subjects: ['anatomy', 'anatomy', 'astronomy', 'astronomy'],
};

describe('calibration of questions with choices of their own', () => {
  it('has every number that classes have', () => {
    const { subjects: _, choices: _choices, ...same } = content;
    const ofClasses = scoreSet(classScores.set(same));
    const ofChoices = scoreSet(choiceScores.set(content));
    const calibration = allMetrics.filter(
      ({ calibration: tells, computations }) => tells === true && computations.length > 0,
    );
    expect(calibration.map(({ name }) => name)).toContain('ece_equal_mass');
    for (const { name } of calibration) expect([name, ofChoices[name]]).toEqual([name, ofClasses[name]]);
    expect(ofChoices['reliability']).toEqual(ofClasses['reliability']);
  });

  it('counts members that choose different letters', () => {
    const other = { ...content, predictions: [1, 1, 0, 2] };
    const members = scoreMembers(choiceScores.name, 2, () => [choiceScores.set(content), choiceScores.set(other)]);
    expect(members).toEqual({ member_disagreement: 0.25 });
  });

  it('a temperature leaves letters that are no choice of a question without probability', () => {
    const temperature = fitTemperature(content);
    expect(temperature).toBeGreaterThan(0.01);
    // Hot: nearly equal among a question's own choices, however many the others have.
    const hot = atTemperature(content, 149).probabilities;
    expect(hot[2]).toBe(0);
    expect(hot[5]).toBe(0);
    for (const at of [0, 1, 3, 4]) expect(hot[at]).toBeCloseTo(0.5, 1);
    for (const at of [6, 7, 8]) expect(hot[at]).toBeCloseTo(1 / 3, 1);
    const same = atTemperature(content, 1).probabilities;
    for (const [at, value] of content.probabilities.entries()) expect(same[at]).toBeCloseTo(value, 12);
  });

  it('rows that are chosen keep their subjects and choices, and every metric of theirs', () => {
    expect(selectClassRows(content, [3, 0])).toMatchObject({
      choices: [3, 2],
      subjects: ['astronomy', 'anatomy'],
      labels: [2, 0],
    });
    const scores = classRowScores(content, 'rows');
    const all = everyRow(4);
    expect(scores.value('accuracy', all)).toBe(0.75);
    // Anatomy one of two, astronomy two of two.
    expect(scores.value('macro_accuracy', all)).toBe(0.75);
    expect(scores.value('accuracy_at_80_coverage', all)).toBe(0.75);
    expect(classesIn(choiceScores.set(content))).toBe(content);
  });
});
