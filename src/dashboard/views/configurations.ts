import { formatMeasure } from '../../metrics/metrics.ts';
import { intervalOf } from '../../stats/student-interval.ts';
import type { ConfigurationRow, ConfigurationScore } from '../../store/views/configurations/configuration-page.ts';
import type { FilterValue, TrialFilter } from '../../store/views/trials/trial-filter.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { shownMetrics } from '../../tasks/task-metrics.ts';
import { chosenRows } from '../tables/chosen-rows.ts';
import { whereWords } from '../tables/filter-words.ts';
import { openTrials } from '../tables/open-trials.ts';
import { formatSetting } from '../../metrics/values/format-value.ts';
import { span } from '../terminal/styled-line.ts';
import { orderWords, sortKeyAt } from '../tables/trial-order.ts';
import { columnOf, drawnName, variedFields } from '../tables/view-columns.ts';
import type { NoiseInterval, ViewSource } from '../reading/view-source.ts';
import { wholeColumns, type WholeColumn } from '../tables/whole-columns.ts';
import { readingView } from './view.ts';

/** A configuration's score with where noise would put it; the interval null: a single seed, or none that tells. */
interface Score extends ConfigurationScore {
  readonly interval: readonly [lower: number, upper: number] | null;
  readonly over: 'seeds' | NoiseInterval['over'];
}

interface Configuration extends Omit<ConfigurationRow, 'scores'> {
  /** By metric; null: no seed has it. */
  readonly scores: readonly (Score | null)[];
}

interface Configurations {
  readonly fields: readonly string[];
  readonly metrics: readonly string[];
  readonly total: number;
  readonly from: number;
  readonly rows: readonly Configuration[];
  /** In which order, in words. */
  readonly order: string;
  /** Which trials were folded; null: all. */
  readonly filter: TrialFilter | null;
}

/** Metrics of a row. */
const shownAtMost = 4;

/** Trials grouped by configuration, their seeds folded; enter shows the seeds. */
export const configurations = readingView<Configurations>({
  name: 'configurations',
  key: '7',
  help: 'seeds folded; enter shows them',
  eventsBelow: true,
  filtered: true,
  sorted: true,
  async read(source, { sweepId, snapshot, shown, filter, sort }) {
    const fields = variedFields(snapshot);
    const key = sortKeyAt(snapshot, sort);
    // What rows are in the order of is among them, whatever it is.
    const ordered = key.sort.by === 'metric' ? [key.sort.name] : [];
    const usual = shownMetrics(snapshot.definition).slice(0, shownAtMost);
    const metrics = usual.includes(ordered[0] ?? '') ? usual : [...ordered, ...usual].slice(0, shownAtMost);
    const page = await source.configurations(sweepId, {
      metrics: metrics.map(columnOf),
      sort: key.sort,
      fields: fields.map(columnOf),
      // A screen before and after: of those on it intervals are worked out, which takes its time.
      offset: Math.max(0, shown.from - shown.rows),
      limit: 3 * shown.rows,
      ...(filter === null ? {} : { filter }),
    });
    const model = { fields, metrics, ...page, rows: page.rows.map(withSeeds), order: orderWords(key), filter };
    return withNoise(model, source, sweepId, 'known');
  },
  refine: (model, source, { sweepId }) => withNoise(model, source, sweepId, 'all'),
  rows: ({ total }) => total,
  page: ({ from, rows }) => ({ from, count: rows.length }),
  rowsFrom: 2,
  visible: (_, height) => Math.max(0, height - 2),
  draw({ fields, metrics, total, from, rows, order, filter }, { snapshot, state, width, height }) {
    const begin = Math.max(0, Math.min(state.offset - from, rows.length - height));
    const near = rows.slice(begin, begin + height);
    const { headings, lines } = wholeColumns(columnsOf(fields, metrics, snapshot), near, width - 2);
    const scores = near.flatMap(({ scores: all }) => all.flatMap((score) => (score?.interval == null ? [] : [score])));
    return chosenRows({
      caption: `configurations ${order}${whereWords(filter)}${overWords(scores, width)}`,
      headings,
      total,
      from: from + begin,
      rows: lines,
      state,
      width,
      height,
    });
  },
  open({ from, rows }, { state }) {
    return openTrials(rows[state.selected - from]?.trials ?? []);
  },
  trials: ({ from, rows }, { state }) => rows[state.selected - from]?.trials ?? [],
});

function withSeeds({ scores, ...row }: ConfigurationRow): Configuration {
  return {
    ...row,
    scores: scores.map((parts): Score | null => {
      if (parts === null) return null;
      const { lower, upper } = intervalOf(parts);
      // Seeds that agree to the last bit tell nothing of noise: no interval of ±0.
      const told = lower !== null && upper !== null && lower < upper;
      return { ...parts, interval: told ? [lower, upper] : null, over: 'seeds' };
    }),
  };
}

/** With the intervals over rows too, of all metrics, where outputs are there. */
async function withNoise(
  model: Configurations,
  source: ViewSource,
  sweepId: string,
  which: 'known' | 'all',
): Promise<Configurations> {
  let { rows } = model;
  for (const [place, metric] of model.metrics.entries()) {
    const groups = rows.map(({ scores }) => ({
      trials: scores[place]?.trials ?? [],
      mean: scores[place]?.mean ?? Number.NaN,
    }));
    const found = await source.intervals(sweepId, groups, metric, which);
    rows = rows.map((row, index) => {
      const [noise, score] = [found[index] ?? null, row.scores[place] ?? null];
      if (noise === null || score === null) return row;
      const { lower, upper, over } = noise;
      return { ...row, scores: row.scores.with(place, { ...score, interval: [lower, upper], over }) };
    });
  }
  return { ...model, rows };
}

/** The repeats that the intervals are over; where they differ, how to tell. */
function overWords(scores: readonly Score[], width: number): string {
  const [first, ...more] = new Set(scores.map(({ over }) => over));
  if (first === undefined) return '';
  if (more.length === 0) return `; 95 % over ${first}`;
  return width < besideFrom ? '; 95 %, [ ] rows too' : '; 95 % over [seeds and rows], (seeds alone)';
}

/** Columns that a longer wording has room in, with the rows' numbers after it. */
const besideFrom = 100;

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
    { heading: 'seeds', align: 'right', importance: 1, cell: (row) => span(seedsText(row)) },
    ...metrics.map(
      (metric, index): WholeColumn<Configuration> => ({
        heading: drawnName(snapshot, metric),
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

/** How many are scored, of how many, where these differ. */
function seedsText({ trials, scores }: Configuration): string {
  const scored = scores[0]?.count ?? 0;
  return scored === trials.length ? String(scored) : `${scored} of ${trials.length}`;
}

function settingText(value: FilterValue): string {
  return typeof value === 'boolean' ? String(value) : formatSetting(value);
}

/** The mean with its interval, in square brackets where it is over rows too. */
function scoreText(metric: string, score: Score | null): string {
  if (score === null) return '–';
  const mean = formatMeasure(metric, score.mean);
  if (score.interval === null) return mean;
  const [lower, upper] = score.interval.map((end) => formatMeasure(metric, end));
  return score.over === 'seeds' ? `${mean} (${lower} to ${upper})` : `${mean} [${lower} to ${upper}]`;
}
