import { failureText } from '../../base/errors.ts';
import { formatQuantity } from '../../metrics/values/format-value.ts';
import { baseOfGap, gapRows, measure, measureText, measuring } from '../../metrics/metrics.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import { headingOf, metricsOf } from '../../tasks/task-metrics.ts';
import { hiddenColumn } from './hidden-column.ts';
import type { Report } from './render-report.ts';
import type { ReportColumn } from './report-column.ts';
import { configurationColumns, reportedMetrics } from './score-columns.ts';
import { sweepFacts, sweepSentences } from '../sweep-sentences.ts';

/** Every trial with its state and scores. */
export function trialsReport(snapshot: SweepSnapshot): Report<TrialRow> {
  const rows = snapshot.trials.map(({ configuration, evaluation }) => ({ training: configuration, evaluation }));
  const configured = configurationColumns(snapshot, rows).map(
    (column): ReportColumn<TrialRow> => ({
      name: column.name,
      heading: column.heading,
      align: column.align,
      importance: column.importance,
      text: ({ configuration, evaluation }) => column.text({ training: configuration, evaluation }),
      value: ({ configuration, evaluation }) => column.value({ training: configuration, evaluation }),
    }),
  );
  return {
    columns: [
      number('trial', '#', 0, ({ trial }) => trial),
      ...configured,
      number('seed', 'seed', 2, ({ configuration }) => configuration.seed),
      {
        name: 'state',
        heading: 'state',
        align: 'left',
        importance: 0,
        text: stateText,
        value: ({ state }) => state,
      },
      ...metricColumns(snapshot),
      ...recordColumns(snapshot),
    ],
    rows: [...snapshot.trials].sort((a, b) => a.trial - b.trial),
    facts: sweepFacts(snapshot),
    before: sweepSentences(snapshot),
    after: failures(snapshot),
  };
}

/** What its trials are in the order of, or filtered by, is shown whatever it is. */
function metricColumns(snapshot: SweepSnapshot): readonly ReportColumn<TrialRow>[] {
  const { sort, filter } = snapshot.page ?? {};
  const sorted = sort?.by === 'metric' ? [sort.name] : [];
  const filtered = (filter?.conditions ?? []).flatMap(({ column: { of, name } }) => (of === 'metric' ? [name] : []));
  const judged = metricsOf(snapshot.definition).flatMap(({ name, ofTrial }) => (ofTrial === undefined ? [name] : []));
  const asked = [...sorted, ...filtered].filter((name) => judged.includes(name));
  const shown = reportedMetrics(snapshot, ...asked);
  const hidden = metricsOf(snapshot.definition).filter(
    ({ name, ofTrial }) => ofTrial === undefined && !shown.includes(name),
  );
  return [
    ...shown.map((metric) =>
      measured(
        metric,
        headingOf(snapshot.definition, metric),
        sorted.includes(metric) ? 0 : metric === shown[0] || asked.includes(metric) ? 1 : 4,
      ),
    ),
    ...hidden.map(({ name }) => measured(name, null, 9)),
    {
      name: 'complexity',
      heading: traitsOf(snapshot.trainer).method ? 'complexity' : null,
      align: 'right',
      importance: 3,
      text: ({ complexity }) => formatQuantity(complexity),
      value: ({ complexity }) => complexity,
    },
  ];
}

function measured(metric: string, heading: string | null, importance: number): ReportColumn<TrialRow> {
  return {
    name: metric,
    heading,
    align: 'right',
    importance,
    text: (trial) => measureText(trial, metric),
    value: measuring(metric),
  };
}

function recordColumns(snapshot: SweepSnapshot): readonly ReportColumn<TrialRow>[] {
  const hidden = hiddenColumn<TrialRow>;
  return [
    {
      name: gapRows,
      heading: reportedMetrics(snapshot).some((metric) => baseOfGap(metric) !== null) ? 'gap rows' : null,
      align: 'right',
      importance: 7,
      text: (trial) => String(measure(trial, gapRows) ?? '–'),
      value: measuring(gapRows),
    },
    hidden('collapsed', ({ metrics }) => metrics?.collapsed ?? null),
    {
      name: 'train_seconds',
      heading: 'train s',
      align: 'right',
      importance: 6,
      text: ({ trainSeconds }) => (trainSeconds === null ? '–' : trainSeconds.toFixed(1)),
      value: ({ trainSeconds }) => trainSeconds,
    },
    ...annotationColumns(snapshot),
    hidden('reused', ({ reused }) => reused),
    hidden('step', ({ step }) => step),
    hidden('total_steps', ({ totalSteps }) => totalSteps),
    hidden('trainable_parameters', ({ trainableParameters }) => trainableParameters),
    hidden('claimed_segments', ({ claimedSegments }) => claimedSegments),
    hidden('failure_code', ({ failure }) => failure?.code ?? null),
    hidden('numerics_class', ({ numericsClass }) => numericsClass),
    hidden('training_hash', ({ trainingHash }) => trainingHash),
    hidden('trainer', () => snapshot.trainer),
    hidden('sweep', () => snapshot.name),
  ];
}

/** In tables where any trial has some; always for programs. */
function annotationColumns({ trials }: SweepSnapshot): readonly ReportColumn<TrialRow>[] {
  const shown = (name: string, any: boolean) => (any ? name : null);
  return [
    {
      name: 'tags',
      heading: shown(
        'tags',
        trials.some(({ tags }) => tags !== undefined),
      ),
      align: 'left',
      importance: 3,
      text: ({ tags }) => (tags ?? []).join(' '),
      value: ({ tags }) => (tags === undefined ? null : [...tags]),
    },
    {
      name: 'note',
      heading: shown(
        'note',
        trials.some(({ note }) => note !== undefined),
      ),
      align: 'left',
      importance: 8,
      text: ({ note }) => note?.split('\n')[0] ?? '',
      value: ({ note }) => note ?? null,
    },
  ];
}

function number(
  name: string,
  heading: string,
  importance: number,
  value: (trial: TrialRow) => number,
): ReportColumn<TrialRow> {
  return { name, heading, align: 'right', importance, text: (trial) => String(value(trial)), value };
}

function stateText({ state, metrics, reused }: TrialRow): string {
  const notes = [...(metrics?.collapsed === true ? ['COLLAPSED'] : []), ...(reused ? ['reused'] : [])];
  return [state.replaceAll('_', ' '), ...notes].join(', ');
}

/** One line for each failed training: code and first line of the message. */
function failures(snapshot: SweepSnapshot): readonly string[] {
  const lines = new Map<string, string>();
  for (const { trainingId, trial, failure } of snapshot.trials) {
    if (failure === null || lines.has(trainingId)) continue;
    lines.set(trainingId, `Trial ${trial} failed: ${failureText(failure).split('\n')[0] ?? ''}`);
  }
  return [...lines.values()];
}
