import { formatMeasure } from '../../metrics/metrics.ts';
import { type MeanInterval, studentInterval } from '../../stats/student-interval.ts';
import type { FilterValue } from '../../store/trial-filter.ts';
import type { SweepSnapshot } from '../../store/sweep-snapshot.ts';
import type { TrialValues } from '../../store/trial-values.ts';
import { shownMetrics } from '../../tasks/task-metrics.ts';
import { chosenRows } from '../chosen-rows.ts';
import { formatSetting } from '../format-value.ts';
import { span } from '../styled-line.ts';
import { betterOf, columnOf, drawnName, variedFields } from '../view-columns.ts';
import { wholeColumns, type WholeColumn } from '../whole-columns.ts';
import { readingView } from './view.ts';

interface Configuration {
  readonly trials: readonly number[];
  readonly settings: readonly FilterValue[];
  /** By metric; null: no seed has it. */
  readonly scores: readonly (MeanInterval | null)[];
  readonly failed: number;
}

interface Configurations {
  readonly fields: readonly string[];
  readonly metrics: readonly string[];
  readonly rows: readonly Configuration[];
}

const failures: readonly FilterValue[] = ['diverged', 'out_of_memory', 'infeasible', 'crashed'];

/** Trials grouped by configuration, their seeds folded; enter shows the seeds. */
export const configurations = readingView<Configurations>({
  name: 'configurations',
  key: '7',
  help: 'seeds folded; enter shows them',
  eventsBelow: true,
  async read(source, { sweepId, snapshot }) {
    const fields = variedFields(snapshot);
    const metrics = shownMetrics(snapshot.definition).slice(0, 4);
    const columns = [{ of: 'state', name: 'state' } as const, ...[...metrics, ...fields].map(columnOf)];
    return foldSeeds(await source.values(sweepId, columns), metrics, fields);
  },
  rows: ({ rows }) => rows.length,
  rowsFrom: 2,
  visible: (_, height) => Math.max(0, height - 2),
  draw({ fields, metrics, rows }, { snapshot, state, width, height }) {
    // Cells of the rows around those shown alone: ten thousand need not be measured.
    const from = Math.max(0, Math.min(state.offset, rows.length - height));
    const near = rows.slice(from, from + height);
    const { headings, lines } = wholeColumns(columnsOf(fields, metrics, snapshot), near, width - 2);
    return chosenRows({
      caption: 'configurations, best first',
      headings,
      total: rows.length,
      from,
      rows: lines,
      state,
      width,
      height,
    });
  },
  open({ rows }, { state }) {
    const chosen = rows[state.selected];
    if (chosen === undefined) return null;
    const text = `trial=${chosen.trials.join(',')}`;
    const column = { of: 'trial', name: 'trial' } as const;
    const filter = { text, conditions: [{ column, comparison: '=' as const, values: chosen.trials }] };
    return { view: 'trials', subject: '', filter };
  },
  trials: ({ rows }, { state }) => rows[state.selected]?.trials ?? [],
});

function foldSeeds(
  trials: readonly TrialValues[],
  metrics: readonly string[],
  fields: readonly string[],
): Configurations {
  const groups = new Map<string, TrialValues[]>();
  for (const trial of trials) {
    const group = groups.get(trial.group);
    if (group === undefined) groups.set(trial.group, [trial]);
    else group.push(trial);
  }
  const rows = [...groups.values()].map((group): Configuration => {
    const scores = metrics.map((_, index) => {
      const values = group.flatMap(({ values: all }) => {
        const value = all[1 + index];
        return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
      });
      return values.length === 0 ? null : studentInterval(values);
    });
    const settings = fields.map((_, index) => group[0]?.values[1 + metrics.length + index] ?? null);
    const failed = group.filter(({ values }) => failures.includes(values[0] ?? null)).length;
    return { trials: group.map(({ trial }) => trial), settings, scores, failed };
  });
  const [first] = metrics;
  const sign = first !== undefined && betterOf(first) === 'maximize' ? -1 : 1;
  const value = (row: Configuration): number => {
    const mean = row.scores[0]?.mean;
    return mean === undefined ? Number.POSITIVE_INFINITY : sign * mean;
  };
  rows.sort((a, b) => value(a) - value(b) || (a.trials[0] ?? 0) - (b.trials[0] ?? 0));
  return { fields, metrics, rows };
}

function columnsOf(
  fields: readonly string[],
  metrics: readonly string[],
  snapshot: SweepSnapshot,
): readonly WholeColumn<Configuration>[] {
  return [
    ...fields.map(
      (field, index): WholeColumn<Configuration> => ({
        heading: drawnName(snapshot, field),
        align: 'right',
        importance: index < 4 ? 0 : 3,
        cell: ({ settings }) => span(settingText(settings[index] ?? null)),
      }),
    ),
    { heading: 'seeds', align: 'right', importance: 1, cell: ({ trials }) => span(String(trials.length)) },
    ...metrics.map(
      (metric, index): WholeColumn<Configuration> => ({
        heading: `${drawnName(snapshot, metric)}, 95 %`,
        align: 'left',
        importance: 2 * index,
        cell: ({ scores }) => span(scoreText(metric, scores[index] ?? null)),
      }),
    ),
    {
      heading: 'failed',
      align: 'right',
      importance: 4,
      cell: ({ failed }) => (failed === 0 ? span('') : span(`${failed} FAILED`, 'bad')),
    },
  ];
}

function settingText(value: FilterValue): string {
  return typeof value === 'boolean' ? String(value) : formatSetting(value);
}

/** The mean with its interval; of one seed, the value alone. */
function scoreText(metric: string, score: MeanInterval | null): string {
  if (score === null) return '–';
  const mean = formatMeasure(metric, score.mean);
  if (score.lower === null || score.upper === null) return mean;
  return `${mean} (${formatMeasure(metric, score.lower)} to ${formatMeasure(metric, score.upper)})`;
}
