import type { SweepSnapshot, TrialRow, TrialSort } from '../../store/views/sweep-snapshot.ts';
import type { FilterColumn } from '../../store/views/trials/trial-filter.ts';
import { assertNever } from '../../base/assert-never.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { dropsAnything } from '../../sweep/element-dropout.ts';
import { formatQuantity, formatSetting } from '../../metrics/values/format-value.ts';
import type { Tone } from '../terminal/styled-line.ts';
import { measureText } from '../../metrics/metrics.ts';
import { fieldHeading, shownSetting } from '../../sweep/training-fields.ts';
import { headingOf, shownGap, shownMetrics } from '../../tasks/task-metrics.ts';
import { columnOf, drawnName, variedFields } from './view-columns.ts';
import { Remembered } from '../reading/remembered.ts';
import { stateText, stateTone } from './trial-state.ts';
import { textWidth } from '../terminal/text-width.ts';

export interface TrialColumn {
  readonly heading: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  /** Columns of a higher number are left out first where the frame is narrow. */
  readonly importance: number;
  /** Of a setting that the sweep varies: without it rows that differ look like repeats. */
  readonly varies?: boolean;
  text(trial: TrialRow): string;
  tone?(trial: TrialRow): Tone;
}

const stateWidth = 13;

export interface TrialColumns {
  readonly shown: readonly TrialColumn[];
  /** Headings of settings that vary and have no room. */
  readonly left: readonly string[];
}

/**
 * The columns that fit into `width`, separated by one space. The state column is always there.
 * @param chosen which, beside number and state; null: those that the sweep calls for
 * @param sort the order of the rows: what they are sorted by has a column whatever it is; null: of none
 */
export function trialColumns(
  snapshot: SweepSnapshot,
  width: number,
  chosen: readonly FilterColumn[] | null = null,
  sort: TrialSort | null = null,
): TrialColumns {
  const key = `${width} ${JSON.stringify([chosen, sort])}`;
  return worked.of(snapshot, key, () => columnsThatFit(snapshot, width, chosen, sort));
}

/** Every cell is measured, and every frame asks. */
const worked = new Remembered<SweepSnapshot, TrialColumns>();

function columnsThatFit(
  snapshot: SweepSnapshot,
  width: number,
  chosen: readonly FilterColumn[] | null,
  sort: TrialSort | null,
): TrialColumns {
  const usual =
    chosen === null
      ? [
          ...standardColumns(snapshot),
          ...variedColumns(snapshot),
          ...evaluationColumns(snapshot),
          stateColumn(snapshot),
          ...failureColumn(snapshot),
        ]
      : [numberColumn, ...chosen.map((column, place) => chosenColumn(snapshot, column, place)), stateColumn(snapshot)];
  const all = withSorted(snapshot, usual, sort).map((column) => asWideAsItsCells(column, snapshot.trials));
  let kept: readonly TrialColumn[] = all;
  while (kept.length > 1 && totalWidth(kept) > width) {
    const worst = Math.max(...kept.map(({ importance }) => importance));
    const last = kept.findLastIndex(({ importance }) => importance === worst);
    kept = kept.filter((_, index) => index !== last);
  }
  const left = all.filter((column) => column.varies === true && !kept.includes(column));
  return { shown: kept, left: left.map(({ heading }) => heading) };
}

/** Of the state's column, and of that which rows are in the order of: these are left out last. */
const always = -1;
const ofOrder = -0.5;

/** With the column that rows are in the order of, which is not left out for others. */
function withSorted(
  snapshot: SweepSnapshot,
  usual: readonly TrialColumn[],
  sort: TrialSort | null,
): readonly TrialColumn[] {
  if (sort === null || sort.by === 'trial' || sort.by === 'state') return usual;
  const column = chosenColumn(snapshot, { of: sort.by, name: sort.name }, 0);
  if (usual.some(({ heading }) => heading === column.heading))
    return usual.map((one) => (one.heading === column.heading ? { ...one, importance: ofOrder } : one));
  const state = usual.findIndex(({ importance }) => importance === always);
  return usual.toSpliced(state, 0, { ...column, importance: ofOrder });
}

/** A column is left out where it does not fit; a cell is never cut, so that no value reads as another. */
function asWideAsItsCells(column: TrialColumn, trials: readonly TrialRow[]): TrialColumn {
  const widest = trials.reduce((most, trial) => Math.max(most, textWidth(column.text(trial))), column.width);
  return { ...column, width: Math.max(widest, textWidth(column.heading)) };
}

function totalWidth(columns: readonly TrialColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width + 1, -1);
}

function standardColumns(snapshot: SweepSnapshot): readonly TrialColumn[] {
  const varies = (axis: string): boolean => (snapshot.definition.space[axis]?.length ?? 1) > 1;
  const ofAxis = (axis: string, column: TrialColumn): TrialColumn => ({ ...column, varies: varies(axis) });
  const { method } = traitsOf(snapshot.trainer);
  const ofMethod: readonly TrialColumn[] = [
    ofAxis(
      'dropout_rate',
      configurationColumn('p', 5, 0, (trial) => trial.configuration.dropout_rate),
    ),
    ofAxis(
      'sparsity',
      configurationColumn('λ', 5, varies('sparsity') ? 1 : 7, (trial) => trial.configuration.sparsity),
    ),
    ofAxis(
      'train_instances',
      configurationColumn('N', 3, 1, (trial) => trial.configuration.train_instances),
    ),
    { heading: 'M', width: 3, align: 'right', importance: 1, text: ensembleText },
  ];
  const columns: TrialColumn[] = [
    numberColumn,
    ...(method ? ofMethod : []),
    ofAxis(
      'seed',
      configurationColumn('seed', 4, varies('seed') ? 2 : 7, (trial) => trial.configuration.seed),
    ),
  ];
  if (snapshot.trials.some(({ evaluation }) => evaluation.split === 'test')) {
    columns.push({
      heading: 'split',
      width: 5,
      align: 'left',
      importance: 4,
      text: ({ evaluation }) => evaluation.split,
    });
  }
  const { definition } = snapshot;
  const [first] = definition.objectives;
  const shown = shownMetrics({ ...definition, objectives: first === undefined ? [] : [first] });
  const ordered = shown.filter((name) => name !== 'complexity');
  ordered.forEach((name, index) => columns.push(metricColumn(headingOf(definition, name), name, 3 * index)));
  if (method) {
    columns.push({
      heading: 'complexity',
      width: 10,
      align: 'right',
      importance: 3,
      text: ({ complexity }) => formatQuantity(complexity),
    });
  }
  const gap = shownGap(definition);
  if (gap !== null) columns.push({ ...metricColumn('gap', gap, 9), width: 7 });
  columns.push({
    heading: 'train s',
    width: 7,
    align: 'right',
    importance: 10,
    text: ({ trainSeconds }) => (trainSeconds === null ? '–' : trainSeconds.toFixed(1)),
  });
  return columns;
}

const numberColumn: TrialColumn = {
  heading: '#',
  width: 4,
  align: 'right',
  importance: 2,
  text: ({ trial }) => String(trial),
};

/** A column that somebody asked for; the later ones are left out first where they do not all fit. */
function chosenColumn(snapshot: SweepSnapshot, { of, name }: FilterColumn, place: number): TrialColumn {
  const importance = 3 + place;
  if (of === 'metric') return metricColumn(headingOf(snapshot.definition, name), name, importance);
  if (of === 'evaluation' && name === 'ensemble_size')
    return { heading: 'M', width: 3, align: 'right', importance, text: ensembleText };
  const heading = of === 'setting' ? fieldHeading(name) : name;
  if (of === 'tag') {
    return { heading: 'tags', width: 4, align: 'left', importance, text: ({ tags }) => (tags ?? []).join(' ') };
  }
  const text = (trial: TrialRow): string =>
    settingText(
      of === 'evaluation'
        ? new Map<string, unknown>(Object.entries(trial.evaluation)).get(name)
        : shownSetting(trial.configuration, name),
    );
  return { heading, width: Math.max(4, heading.length), align: 'right', importance, text };
}

/** Axes of the space beyond p, λ, N, M and the seed: shown where they vary, since rows differ by them. */
function variedColumns(snapshot: SweepSnapshot): readonly TrialColumn[] {
  const { method } = traitsOf(snapshot.trainer);
  const standard = new Set([
    'seed',
    ...(method ? ['dropout_rate', 'sparsity', 'train_instances', 'ensemble_size'] : []),
  ]);
  const { space, search } = snapshot.definition;
  const varied = Object.entries(space).flatMap(([axis, values]) => (values.length > 1 ? [axis] : []));
  // A point that was added may have what holds otherwise for all trainings.
  const added = Array.isArray(search['enqueue']) ? search['enqueue'].flatMap((point) => Object.keys(point ?? {})) : [];
  return [...new Set([...varied, ...added])]
    .filter((axis) => !standard.has(axis))
    .map((axis) => ({
      heading: method ? fieldHeading(axis) : axis,
      width: 6,
      align: 'right' as const,
      importance: 2,
      varies: true,
      text: (trial: TrialRow) => settingText(shownSetting(trial.configuration, axis)),
    }));
}

/** What evaluations of one training differ in beside M, its mode and the split, which have columns of their own. */
function evaluationColumns(snapshot: SweepSnapshot): readonly TrialColumn[] {
  const shown = ['ensemble_size', 'mode', 'split'];
  return variedFields(snapshot).flatMap((field) => {
    const column = columnOf(field);
    if (column.of !== 'evaluation' || shown.includes(column.name)) return [];
    return [{ ...chosenColumn(snapshot, column, 0), importance: 2, varies: true, heading: drawnName(snapshot, field) }];
  });
}

function settingText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string' || value === null) return formatSetting(value);
  if (Array.isArray(value)) return value.join(',');
  return value === undefined ? '–' : JSON.stringify(value);
}

function configurationColumn(
  heading: string,
  width: number,
  importance: number,
  value: (trial: TrialRow) => number,
): TrialColumn {
  return { heading, width, align: 'right', importance, text: (trial) => formatSetting(value(trial)) };
}

function metricColumn(heading: string, metric: string, importance: number): TrialColumn {
  const width = Math.max(6, heading.length);
  const text = (trial: TrialRow): string => measureText(trial, metric);
  return { heading, width, align: 'right', importance, text };
}

/** M for an ensemble, else the name of the mode without masks; a training without dropout has one mode only. */
function ensembleText({ configuration, evaluation }: TrialRow): string {
  if (!dropsAnything(configuration) && evaluation.dropout_rate === 0) return '1';
  switch (evaluation.mode) {
    case 'ensemble':
      return String(evaluation.ensemble_size);
    case 'expected':
      return 'exp';
    case 'raw':
      return 'raw';
    default:
      return assertNever(evaluation.mode, 'evaluation mode');
  }
}

function stateColumn(snapshot: SweepSnapshot): TrialColumn {
  const paused = snapshot.state === 'paused';
  return {
    heading: 'state',
    width: stateWidth,
    align: 'left',
    importance: always,
    text: (trial) => stateText(trial, paused),
    tone: stateTone,
  };
}

/** The code of what went wrong, in docs/errors.md or the trainer's own; only where something did. */
function failureColumn(snapshot: SweepSnapshot): readonly TrialColumn[] {
  if (snapshot.trials.every(({ failure }) => failure === null)) return [];
  const text = ({ failure }: TrialRow): string => failure?.code ?? '';
  return [{ heading: 'failure', width: 20, align: 'left', importance: 8, text, tone: () => 'bad' }];
}
