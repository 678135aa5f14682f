import { formatQuantity, formatSetting } from '../../metrics/values/format-value.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { baseOfGap, gapRows, measure } from '../../metrics/metrics.ts';
import { averagedWords } from '../../sweep/averaged-words.ts';
import { dropsAnything } from '../../sweep/element-dropout.ts';
import { fieldHeading, shownSetting } from '../../sweep/training-fields.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from '../../sweep/vocabulary.ts';
import { headingOf, shownMetrics } from '../../tasks/task-metrics.ts';
import {
  type RankedScore,
  type ScoredSweep,
  scoreInterval,
  scoreMean,
  scoresOf,
  undefinedRepeats,
} from '../comparing/configuration-scores.ts';
import { testTwins } from '../comparing/chosen-among.ts';
import { formatInterval, type ShownInterval } from '../noise/format-interval.ts';
import type { Noise } from '../noise/noise.ts';
import type { ReportColumn } from './report-column.ts';

const standardAxes = new Set(['dropout_rate', 'sparsity', 'train_instances', 'seed']);

/** A row that belongs to a training configuration and an evaluation of it. */
export interface ConfiguredRow {
  readonly training: TrainingConfiguration;
  readonly evaluation: EvaluationConfiguration;
}

/** p, λ, N, M and what else the sweep varies. @param rows of all its trials: what these differ in is shown */
export function configurationColumns(
  snapshot: Pick<SweepSnapshot, 'definition' | 'trainer'>,
  rows: readonly ConfiguredRow[],
): readonly ReportColumn<ConfiguredRow>[] {
  const { space } = snapshot.definition;
  const varies = (axis: string): boolean => (space[axis]?.length ?? 1) > 1;
  const evaluationVaries = (pick: (evaluation: EvaluationConfiguration) => unknown): boolean =>
    new Set(rows.map((row) => pick(row.evaluation))).size > 1;
  const own = (name: string, heading: string | null, importance: number): ReportColumn<ConfiguredRow> => ({
    name,
    heading,
    align: 'right',
    importance,
    text: (row) => formatSetting(trainingField(row.training, name)),
    value: (row) => trainingField(row.training, name),
  });
  const evaluation = (
    name: string,
    heading: string | null,
    pick: (evaluation: EvaluationConfiguration) => number | string,
  ): ReportColumn<ConfiguredRow> => ({
    name,
    heading,
    align: heading === 'M' ? 'right' : 'left',
    importance: heading === 'M' ? 1 : 4,
    text: (row) => formatSetting(pick(row.evaluation)),
    value: (row) => pick(row.evaluation),
  });
  if (!traitsOf(snapshot.trainer).method)
    return Object.keys(space)
      .filter((axis) => axis !== 'seed')
      .map((axis) => own(axis, varies(axis) ? axis : null, 1));
  const others = Object.keys(space).filter((axis) => !standardAxes.has(axis));
  return [
    own('dropout_rate', fieldHeading('dropout_rate'), 0),
    own('sparsity', varies('sparsity') ? fieldHeading('sparsity') : null, 3),
    own('train_instances', fieldHeading('train_instances'), 1),
    evaluation('ensemble_size', 'M', ({ ensemble_size }) => ensemble_size),
    ...others.map((axis) => own(axis, varies(axis) ? fieldHeading(axis) : null, 3)),
    evaluation('evaluation_mode', modeVaries(rows) ? 'mode' : null, ({ mode }) => mode),
    evaluation('evaluation_dropout_rate', testRateVaries(rows) ? 'test p' : null, ({ dropout_rate }) => dropout_rate),
    evaluation('split', evaluationVaries(({ split }) => split) ? 'split' : null, ({ split }) => split),
    evaluation('mask_seed', evaluationVaries(({ mask_seed }) => mask_seed) ? 'masks' : null, (e) => e.mask_seed),
    {
      ...evaluation('aggregate', evaluationVaries(({ aggregate }) => aggregate) ? 'averaged' : null, averagedWords),
      value: (row) => row.evaluation.aggregate,
      said: ({ evaluation: { ensemble_size: members, aggregate } }) =>
        members > 1 ? `averaged ${aggregate}` : 'nothing averaged',
    },
  ];
}

/** Without dropout of any kind every mode is `raw`, which the rates tell already. */
function modeVaries(rows: readonly ConfiguredRow[]): boolean {
  const dropped = rows.filter(({ training }) => dropsAnything(training));
  return new Set(dropped.map(({ evaluation }) => evaluation.mode)).size > 1;
}

/** Whether some evaluation drops at another rate than its training, masked at all. */
function testRateVaries(rows: readonly ConfiguredRow[]): boolean {
  return rows.some(
    ({ training, evaluation }) => evaluation.mode !== 'raw' && evaluation.dropout_rate !== training.dropout_rate,
  );
}

function trainingField(training: TrainingConfiguration, name: string): number | string | null {
  const value = shownSetting(training, name);
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

/**
 * Metrics that a report shows: the objectives first, then what else the task has.
 * @param further what rows are ranked or ordered by, which is shown before them where it is none of these
 */
export function reportedMetrics(snapshot: SweepSnapshot, ...further: readonly string[]): readonly string[] {
  const shown = shownMetrics(snapshot.definition);
  const others = further.filter((metric) => !shown.includes(metric));
  return [...new Set([...others, ...shown])].filter((metric) => metric !== 'complexity');
}

/**
 * Means over seeds with the half-width of their 95 % interval, those of the same configuration on the test rows where a
 * sweep has both splits, complexity, repeats and flags.
 * @param rankedBy the metric that is always shown, and whose test rows people are
 */
export function scoreColumns(
  snapshot: ScoredSweep,
  noise: Noise | null,
  rankedBy: string,
): readonly ReportColumn<RankedScore>[] {
  const intervals = new Map<RankedScore, Map<string, ShownInterval | null>>();
  const intervalOf = (row: RankedScore, metric: string): ShownInterval | null => {
    const known = intervals.get(row) ?? new Map<string, ShownInterval | null>();
    intervals.set(row, known);
    const found = known.has(metric) ? (known.get(metric) ?? null) : shownInterval(row, metric, noise);
    known.set(metric, found);
    return found;
  };
  const objectives = snapshot.definition.objectives.map(({ metric }) => metric);
  const metricColumns = reportedMetrics(snapshot, rankedBy).flatMap((metric): readonly ReportColumn<RankedScore>[] => [
    {
      name: metric,
      heading: headingOf(snapshot.definition, metric),
      align: 'right',
      importance: metric === rankedBy ? 0 : objectives.includes(metric) ? objectives.indexOf(metric) + 1 : 6,
      text: (row) => intervalText(row, metric, intervalOf(row, metric)),
      value: (row) => scoreMean(row, metric),
    },
    bound(metric, metric, 'lower', intervalOf),
    bound(metric, metric, 'upper', intervalOf),
  ]);
  return [
    ...metricColumns,
    ...testColumns(snapshot, intervalOf, rankedBy),
    ...gapRowsColumns(snapshot, rankedBy),
    {
      name: 'complexity',
      heading: traitsOf(snapshot.trainer).method ? 'complexity' : null,
      align: 'right',
      importance: rankedBy === 'complexity' ? 0 : 2,
      text: (row) => formatQuantity(row.trials[0]?.complexity ?? null),
      value: (row) => row.trials[0]?.complexity ?? null,
    },
    {
      name: 'seeds',
      heading: 'seeds',
      align: 'right',
      importance: 5,
      text: (row) => (row.scored === row.trials.length ? String(row.scored) : `${row.scored}/${row.trials.length}`),
      value: (row) => row.scored,
    },
    {
      name: 'flags',
      heading: scoresOf(snapshot).some(({ collapsed, metFailure }) => collapsed > 0 || metFailure) ? 'flags' : null,
      align: 'left',
      importance: 0,
      text: flagText,
      value: flagText,
    },
    {
      name: 'trials',
      heading: 'trials',
      align: 'left',
      importance: 7,
      text: (row) => row.trials.map(({ trial }) => trial).join(' '),
      value: (row) => row.trials.map(({ trial }) => trial).join(' '),
    },
    {
      name: 'trainer',
      heading: null,
      align: 'left',
      importance: 9,
      text: () => snapshot.trainer,
      value: () => snapshot.trainer,
    },
  ];
}

/** Of seeds and rows, or of the seeds alone where their outputs are not there. */
export function shownInterval(row: RankedScore, metric: string, noise: Noise | null): ShownInterval | null {
  const overSeeds = scoreInterval(row, metric);
  const both = overSeeds === null ? null : (noise?.interval(row, metric) ?? null);
  if (overSeeds === null || both === null) return overSeeds;
  return { mean: overSeeds.mean, lower: both.lower, upper: both.upper };
}

/** On how many train rows gaps were measured: for people where one is shown or ranked by. */
function gapRowsColumns(snapshot: ScoredSweep, rankedBy: string): readonly ReportColumn<RankedScore>[] {
  const isShown = reportedMetrics(snapshot, rankedBy).some((metric) => baseOfGap(metric) !== null);
  const rowsOf = ({ trials }: RankedScore): readonly number[] => [
    ...new Set(trials.flatMap((trial) => measure(trial, gapRows) ?? [])),
  ];
  return [
    {
      name: gapRows,
      heading: isShown ? 'gap rows' : null,
      align: 'right',
      importance: 7,
      text: (row) => rowsOf(row).join(' or ') || '–',
      value: (row) => rowsOf(row)[0] ?? null,
    },
  ];
}

/** The same configurations on the test rows; none where these are what is ranked, or there are no such. */
function testColumns(
  snapshot: ScoredSweep,
  intervalOf: (row: RankedScore, metric: string) => ShownInterval | null,
  rankedBy: string,
): readonly ReportColumn<RankedScore>[] {
  const scores = scoresOf(snapshot);
  const twin = testTwins(scores);
  if (!scores.some((score) => twin(score) !== null)) return [];
  const onTest = (row: RankedScore, metric: string): ShownInterval | null => {
    const own = twin(row);
    return own === null ? null : intervalOf(own, metric);
  };
  return reportedMetrics(snapshot, rankedBy).flatMap((metric): readonly ReportColumn<RankedScore>[] => [
    {
      name: `test_${metric}`,
      heading: metric === rankedBy ? `test ${headingOf(snapshot.definition, metric)}` : null,
      align: 'right',
      importance: 2,
      text: (row) => {
        const interval = onTest(row, metric);
        return interval === null ? '–' : formatInterval(metric, interval);
      },
      value: (row) => onTest(row, metric)?.mean ?? null,
    },
    bound(`test_${metric}`, metric, 'lower', onTest),
    bound(`test_${metric}`, metric, 'upper', onTest),
  ]);
}

function bound(
  name: string,
  metric: string,
  side: 'lower' | 'upper',
  intervalOf: (row: RankedScore, metric: string) => ShownInterval | null,
): ReportColumn<RankedScore> {
  return {
    name: `${name}_${side}`,
    heading: null,
    align: 'right',
    importance: 9,
    text: () => '',
    value: (row) => intervalOf(row, metric)?.[side] ?? null,
  };
}

function intervalText(row: RankedScore, metric: string, interval: ShownInterval | null): string {
  if (interval === null) return undefinedRepeats(row, metric) > 0 ? 'none' : '–';
  return formatInterval(metric, interval);
}

function flagText(row: RankedScore): string {
  const flags = [
    row.collapsed === 0 ? '' : `collapsed ${row.collapsed}/${row.trials.length}`,
    row.failed === 0 ? '' : `failed ${row.failed}/${row.trials.length}`,
  ];
  return flags.filter((flag) => flag !== '').join(', ');
}
