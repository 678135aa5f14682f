import { classRowScores } from '../../evaluate/class-row-scores.ts';
import type { RowScores, StoredScores } from '../../evaluate/row-scores.ts';
import { classesIn } from '../../metrics/forms/class-forms.ts';
import type { ClassScores } from '../../metrics/forms/scored-set.ts';
import { atTemperature, fitTemperature, selectClassRows } from '../../metrics/parts/temperature-scaling.ts';
import { stream } from '../../random/stream.ts';
import { everyRow } from '../../stats/repeats.ts';
import type { ConfigurationScore } from '../comparing/configuration-scores.ts';
import type { ShownInterval } from './format-interval.ts';
import { Noise } from './noise.ts';
import { ensembleOverSeeds } from './seeds-and-members.ts';

/** Predictions whose calibration is shown: a configuration's, or what is made of them afterwards. */
export interface CalibrationRow {
  readonly label: string;
  /** Mean over seeds with its interval over seeds and rows; null: there is no such number. */
  value(metric: string): ShownInterval | null;
  /** Fitted temperature, mean over seeds; null: none was. */
  readonly temperature: number | null;
  /** Of each seed, where there are classes. */
  readonly classes: readonly ClassScores[];
}

export type Outputs = ReadonlyMap<number, StoredScores>;

/** A configuration as it is; null where some seed's outputs are not there. */
export function plainRow(label: string, score: ConfigurationScore, outputs: Outputs): CalibrationRow | null {
  const stored = ofTrials(score, outputs);
  if (stored === null) return null;
  return row(label, score, stored, { classes: stored.flatMap(classesOf), members: stored });
}

/** All members of all seeds as one ensemble. */
export function seedsRow(label: string, score: ConfigurationScore, outputs: Outputs): CalibrationRow | null {
  const joined = ensembleOverSeeds(score, outputs);
  const [first] = scoredTrials(score);
  if (joined === null || first === undefined) return null;
  return row(label, { ...score, trials: [first] }, [joined], { classes: classesOf(joined), members: [joined] });
}

/**
 * With probabilities at a temperature that was fitted on rows that are not scored.
 * @param fittedOn each seed's predictions of other rows, such as the dev rows' where test rows are scored; null: each half
 * of the rows is scored at the temperature of the other half
 */
export function temperatureRow(
  label: string,
  score: ConfigurationScore,
  outputs: Outputs,
  fittedOn: readonly ClassScores[] | null,
): CalibrationRow | null {
  const stored = ofTrials(score, outputs) ?? [];
  const scored = stored.flatMap(classesOf);
  if (scored.length < score.trials.length || (fittedOn !== null && fittedOn.length < scored.length)) return null;
  const fitted = scored.map((content, seed) => {
    const other = fittedOn?.[seed];
    if (other === undefined) return crossFitted(content);
    const temperature = fitTemperature(other);
    return { content: atTemperature(content, temperature), temperature };
  });
  const classes = fitted.map(({ content }) => content);
  const temperature = fitted.reduce((sum, one) => sum + one.temperature, 0) / fitted.length;
  const scores = classes.map((content) => classRowScores(content, stored[0]?.dataset ?? ''));
  return row(label, score, scores, { classes, temperature });
}

/** Each half of the rows at the temperature that was fitted on the other. */
export function crossFitted(content: ClassScores): { readonly content: ClassScores; readonly temperature: number } {
  const rows = content.labels.length;
  const order = stream(0, 'report.temperature', rows).permutation(rows);
  const halves = [order.slice(0, rows >> 1), order.slice(rows >> 1)] as const;
  const temperatures = Array.from({ length: rows }, () => 1);
  const fitted = halves.map((half, index) => {
    const other = halves[1 - index] ?? half;
    const temperature = fitTemperature(selectClassRows(content, other));
    for (const one of half) temperatures[one] = temperature;
    return temperature;
  });
  return {
    content: atTemperature(content, temperatures),
    temperature: fitted.reduce((sum, value) => sum + value, 0) / fitted.length,
  };
}

function row(
  label: string,
  score: ConfigurationScore,
  scores: readonly RowScores[],
  {
    classes,
    temperature = null,
    members = [],
  }: {
    readonly classes: readonly ClassScores[];
    readonly temperature?: number | null;
    readonly members?: readonly StoredScores[];
  },
): CalibrationRow {
  const noise = new Noise(
    new Map(
      scoredTrials(score).flatMap(({ trial }, index) =>
        scores[index] === undefined ? [] : [[trial, scores[index]] as const],
      ),
    ),
  );
  return {
    label,
    temperature,
    classes,
    value(metric) {
      const ofMembers = meanOf(members.map((one) => one.ofMembers(metric)));
      if (ofMembers !== null) return { mean: ofMembers, lower: null, upper: null };
      const mean = meanOf(scores.map((one) => one.value(metric, everyRow(one.rows))));
      if (mean === null) return null;
      const interval = noise.interval(score, metric);
      return { mean, lower: interval?.lower ?? null, upper: interval?.upper ?? null };
    },
  };
}

function scoredTrials({ trials }: ConfigurationScore): ConfigurationScore['trials'] {
  return trials.filter(({ metrics }) => metrics !== null);
}

function ofTrials(score: ConfigurationScore, outputs: Outputs): readonly StoredScores[] | null {
  const scored = scoredTrials(score);
  const found = scored.flatMap(({ trial }) => outputs.get(trial) ?? []);
  return found.length < scored.length || found.length === 0 ? null : found;
}

export function classesOf({ set }: StoredScores): readonly ClassScores[] {
  const content = classesIn(set);
  return content === null ? [] : [content];
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 || known.length < values.length
    ? null
    : known.reduce((sum, value) => sum + value, 0) / known.length;
}
