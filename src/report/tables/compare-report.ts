import type { Json } from '../../base/canonical-json.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { gapRows, measure, measureText } from '../../metrics/metrics.ts';
import { headingOf, shownGap } from '../../tasks/task-metrics.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { Report } from './render-report.ts';
import type { ReportColumn } from './report-column.ts';
import { reportedMetrics } from './score-columns.ts';
import { sweepFacts, sweepSentences } from '../sweep-sentences.ts';

interface ComparedField {
  readonly field: string;
  /** Its heading for people; absent: the field. */
  readonly heading?: string;
  readonly texts: readonly string[];
  readonly values: readonly Json[];
}

/** Trials side by side: the settings in which they differ, then what they scored. */
export function compareReport(snapshot: SweepSnapshot, trials: readonly TrialRow[]): Report<ComparedField> {
  const settings = trials.map(
    ({ configuration, evaluation }): Record<string, Json> => ({
      ...configuration,
      ...Object.fromEntries(Object.entries(evaluation).map(([name, value]) => [`evaluation.${name}`, value])),
    }),
  );
  const names = [...new Set(settings.flatMap((setting) => Object.keys(setting)))];
  const differing = names
    .map((field): ComparedField => {
      const values = settings.map((setting) => setting[field] ?? null);
      return {
        field,
        values,
        texts: values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
      };
    })
    .filter(({ texts }) => new Set(texts).size > 1);
  const gap = shownGap(snapshot.definition);
  const { method } = traitsOf(snapshot.trainer);
  const metrics = [
    ...reportedMetrics(snapshot),
    ...(gap === null ? [] : [gap, gapRows]),
    ...(method ? ['complexity'] : []),
    'train_seconds',
  ];
  const scores = [...new Set(metrics)].map(
    (field): ComparedField => ({
      field,
      heading: headingOf(snapshot.definition, field),
      values: trials.map((trial) => measure(trial, field)),
      texts: trials.map((trial) => measureText(trial, field)),
    }),
  );
  const states: ComparedField = {
    field: 'state',
    values: trials.map(({ state }) => state),
    texts: trials.map(({ state, metrics: scored }) => (scored?.collapsed === true ? `${state}, COLLAPSED` : state)),
  };
  return {
    columns: [
      {
        name: 'field',
        heading: 'field',
        align: 'left',
        importance: 0,
        text: ({ field, heading = field }) => heading,
        value: ({ field }) => field,
      },
      ...trials.map(
        ({ trial }, index): ReportColumn<ComparedField> => ({
          name: `trial_${trial}`,
          heading: `trial ${trial}`,
          align: 'right',
          importance: 1,
          text: ({ texts }) => texts[index] ?? '',
          value: ({ values }) => values[index] ?? null,
        }),
      ),
    ],
    rows: [states, ...differing, ...scores],
    facts: sweepFacts(snapshot),
    before: sweepSentences(snapshot),
    after: differing.length === 0 ? ['Their settings are the same.'] : ['Settings that are the same are left out.'],
  };
}
