import { formatCount } from '../../base/format-count.ts';
import type { StoredScores } from '../../evaluate/row-scores.ts';
import { accuracyAt } from '../../metrics/accuracy-at-coverage.ts';
import { allMetrics, isOf, metricNamed } from '../../metrics/metrics.ts';
import type { ClassScores } from '../../metrics/forms/scored-set.ts';
import { headingOf, shownMetrics } from '../../tasks/task-metrics.ts';
import { taskOf } from '../../tasks/tasks.ts';
import { type CalibrationRow, classesOf, plainRow, seedsRow, temperatureRow } from '../noise/calibration-rows.ts';
import type { Block, Cell, Figure, Table } from '../document/document.ts';
import { formatInterval } from '../noise/format-interval.ts';
import { type MethodScore, methodScores } from '../comparing/method-scores.ts';
import { configurationLabels } from './configuration-label.ts';
import type { SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';
import { firstObjective } from '../comparing/first-objective.ts';

/** Methods whose calibration is shown, in the order of their first trials. */
const mostMethods = 4;

export const calibrationSection: ReportSection = {
  name: 'calibration',
  heading: 'Calibration, and what costs little beside it',
  build(material) {
    const { snapshot } = material;
    const methods = methodScores(snapshot, firstObjective(snapshot)).slice(0, mostMethods);
    const rows = methods.flatMap((method) => rowsOf(material, method));
    if (rows.length === 0) return null;
    const tested = methods.some(({ reported }) => reported.evaluation.split === 'test');
    const notes = [
      `Means over seeds of the ${tested ? 'test rows, where a method was evaluated on them' : 'dev rows'}, with 95 % intervals over seeds and rows; of each method it is the best configuration.`,
      'An ensemble over seeds averages the members of all seeds, for as many trainings; its interval is over rows alone.',
      `A temperature is fitted ${
        tested
          ? 'on the dev rows, and the test rows are scored.'
          : 'on one half of the dev rows and scored on the other, both ways: never on what is scored.'
      }`,
      'The parts of Brier: reliability − resolution + uncertainty, but for what varies within bins.',
    ];
    const blocks: readonly Block[] = [{ ...calibrationTable(material, rows), notes }, ...coverageFigure(rows)];
    return blocks;
  },
};

/** A method's best, the same at a fitted temperature, and its seeds as one ensemble; on the test rows where there are such. */
function rowsOf({ snapshot, outputs }: SweepMaterial, { chosen, reported }: MethodScore): readonly CalibrationRow[] {
  const label = configurationLabels(snapshot)(reported);
  const fittedOn = reported === chosen ? null : chosen.trials.flatMap(({ trial }) => oneOf(outputs.get(trial)));
  return [
    plainRow(label, reported, outputs),
    temperatureRow(`${label}, temperature`, reported, outputs, fittedOn),
    seedsRow(`${label}, ${formatCount(reported.trials.length, 'seed')} as one`, reported, outputs),
  ].filter((row) => row !== null);
}

function oneOf(stored: StoredScores | undefined): readonly ClassScores[] {
  return stored === undefined ? [] : classesOf(stored);
}

function calibrationTable({ snapshot }: SweepMaterial, rows: readonly CalibrationRow[]): Table {
  const { form } = taskOf(snapshot.definition.task).section;
  const calibration = allMetrics.flatMap(({ name, calibration: tells }) => (tells === true ? [name] : []));
  const metrics = [...new Set([...shownMetrics(snapshot.definition), ...calibration])].filter((name) => {
    const metric = metricNamed(name);
    return metric !== null && metric.ofTrial === undefined && isOf(metric, form);
  });
  const values = rows.map((row) => metrics.map((metric) => row.value(metric)));
  const kept = metrics.filter((_, index) => values.some((own) => own[index] !== null));
  const scaled = rows.some(({ temperature }) => temperature !== null);
  return {
    kind: 'table',
    name: 'calibration-table',
    caption: 'Calibration of the best of each method',
    columns: [
      { name: 'predictions', heading: 'predictions', align: 'left' },
      ...kept.map((name) => ({ name, heading: headingOf(snapshot.definition, name), align: 'right' as const })),
      ...(scaled ? [{ name: 'temperature', heading: 'T', align: 'right' as const }] : []),
    ],
    rows: rows.map(({ label, temperature }, index): readonly Cell[] => [
      { text: label, value: label },
      ...kept.map((metric): Cell => {
        const interval = values[index]?.[metrics.indexOf(metric)] ?? null;
        if (interval === null) return { text: '–', value: null };
        return { text: formatInterval(metric, interval), value: interval.mean };
      }),
      ...(scaled ? [{ text: temperature === null ? '–' : temperature.toFixed(3), value: temperature }] : []),
    ]),
  };
}

/** Accuracy of the most confident rows, by how many are answered. */
function coverageFigure(rows: readonly CalibrationRow[]): readonly Figure[] {
  const shares = Array.from({ length: 20 }, (_, index) => (index + 1) / 20);
  const series = rows
    .filter(({ classes, temperature }) => classes.length > 0 && temperature === null)
    .map(({ label, classes }) => ({
      name: label,
      marks: 'line with points' as const,
      points: shares.map((share) => ({ x: share, y: meanAt(classes, share) })),
    }));
  if (series.length === 0) return [];
  const told = series.map(({ name, points }) => {
    const [half, whole] = [points[9], points.at(-1)];
    return `${name}: ${half?.y.toFixed(4)} of the more confident half, ${whole?.y.toFixed(4)} of all.`;
  });
  return [
    {
      kind: 'figure',
      name: 'coverage',
      caption: 'Share that is right, by the share that is answered',
      chart: {
        description: `Rows are answered from the most confident on. ${told.join(' ')} A temperature changes the order of rows with more than two classes alone, and is not drawn.`,
        x: { label: 'share of the rows that is answered', scale: 'linear', shows: [0, 1] },
        y: { label: 'share that is right', scale: 'linear' },
        series,
      },
    },
  ];
}

function meanAt(classes: readonly ClassScores[], share: number): number {
  return classes.reduce((sum, content) => sum + accuracyAt(content, share), 0) / classes.length;
}
