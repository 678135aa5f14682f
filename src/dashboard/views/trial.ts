import { traitsOf } from '../../sweep/trainer-traits.ts';
import { measureText } from '../../metrics/metrics.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import { averagedWords } from '../../sweep/averaged-words.ts';
import { trainingFields } from '../../sweep/training-fields.ts';
import { headingOf, metricsOf } from '../../tasks/task-metrics.ts';
import { chosenRows } from '../tables/chosen-rows.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatMoment, formatSetting } from '../../metrics/values/format-value.ts';
import { brailleChart } from '../charts/braille-chart.ts';
import { beside, captionRule, clipLine, span, type StyledLine } from '../terminal/styled-line.ts';
import type { TrialDetails } from '../reading/view-source.ts';
import { readingView, type ViewFrame } from './view.ts';

/** All about one trial: its state, scores, settings, and what happened to its training. */
export const trial = readingView({
  name: 'trial',
  help: 'one trial; enter: its training’s curves, esc goes back',
  numbered: ({ trialCount }) => trialCount,
  eventsBelow: false,
  read: (source, { subject }) => source.trial(Number(subject)),
  rows: (details, { definition }) => linesOf(details, definition).length,
  rowsFrom: 1,
  visible: (_, height) => Math.max(0, height - 1),
  draw: (details, { snapshot, state, width, height }) => {
    const rows = linesOf(details, snapshot.definition);
    const caption = `trial ${details.trial.trial}`;
    const left = width >= besideFrom ? Math.floor(width / 2) : width;
    const list = chosenRows({ caption, headings: null, total: rows.length, from: 0, rows, state, width: left, height });
    if (left === width) return list;
    const whole = Array.from({ length: height }, (_, row) => list[row] ?? []);
    return beside(whole, left + 1, lossBlock(details, width - left - 1, height));
  },
  open: ({ trial: { trial: number } }) => ({ view: 'training', subject: String(number) }),
  trials: ({ trial: { trial: number } }) => [number],
});

/** Columns from which the loss and the log stand beside the scores. */
const besideFrom = 120;

/** The training's loss by step, and its log below. */
function lossBlock({ losses, events }: TrialDetails, width: number, height: number): readonly StyledLine[] {
  const tall = Math.max(6, Math.floor(height / 2));
  const points = losses.map(({ step, value }) => ({ x: step, y: value }));
  return [
    captionRule('training loss', width),
    ...brailleChart({ points, xName: 'step', width, height: tall - 1 }),
    captionRule('log', width),
    ...eventsOf(events)
      .slice(-(height - tall - 1))
      .map((line) => clipLine(line, width)),
  ];
}

function eventsOf(events: TrialDetails['events']): readonly StyledLine[] {
  return events.map(({ at, text }): StyledLine => [span(`${formatMoment(at)} `, 'faint'), span(text)]);
}

/** State, scores and settings of a trial, a line each. */
export function trialFacts(row: TrialRow, definition: ViewFrame['snapshot']['definition']): readonly StyledLine[] {
  return linesOf({ trial: row, events: [], losses: [] }, definition);
}

function linesOf({ trial: row, events, losses }: TrialDetails, definition: ViewFrame['snapshot']['definition']) {
  const failure = row.failure === null ? [] : [fact('failure', `${row.failure.code}: ${row.failure.message}`)];
  // Those of further sets, and of a program, too.
  const scored = metricsOf(definition)
    .map(({ name }) => [name, measureText(row, name)] as const)
    .filter(([, text]) => text !== '–')
    .map(([name, text]) => fact(headingOf(definition, name), text));
  const evaluated = traitsOf(definition.trainer).method ? prefixed(row.evaluation) : {};
  return [
    fact('state', `${row.state.replaceAll('_', ' ')}, step ${row.step} of ${row.totalSteps}, ${claims(row)}`),
    ...failure,
    ...lossLine(losses),
    ...scored,
    ...[...configured(row, definition), ...Object.entries(evaluated)].map(([name, value]) =>
      fact(name, settingText(value)),
    ),
    ...eventsOf(events),
  ];
}

/** The training's settings: what the sweep varies first, each in the order of the sweep file's reference. */
function configured(
  { configuration }: TrialRow,
  { space }: ViewFrame['snapshot']['definition'],
): readonly (readonly [name: string, value: unknown])[] {
  const place = (name: string): number => {
    const among = trainingFields.findIndex((field) => field.name === name);
    const varies = (space[name]?.length ?? 0) > 1;
    return (among < 0 ? trainingFields.length : among) - (varies ? 2 * trainingFields.length : 0);
  };
  return Object.entries(configuration).toSorted(([a], [b]) => place(a) - place(b));
}

function fact(name: string, text: string): StyledLine {
  return [span(`${name.padEnd(24)} `, 'heading'), span(text)];
}

/** Its training and its evaluation are a segment each, and whatever was lost or released is claimed again. */
function claims({ claimedSegments, reused }: TrialRow): string {
  return reused ? 'reused from another sweep' : `${formatCount(claimedSegments, 'segment')} claimed`;
}

function lossLine(losses: TrialDetails['losses']): readonly StyledLine[] {
  const [first] = losses;
  const last = losses.at(-1);
  if (first === undefined || last === undefined) return [];
  const at = ({ step, value }: typeof first): string => `${value.toPrecision(4)} at step ${step}`;
  return [fact('training loss', losses.length === 1 ? at(first) : `${at(first)}, ${at(last)}`)];
}

function prefixed(evaluation: TrialRow['evaluation']): Readonly<Record<string, unknown>> {
  const shown = { ...evaluation, aggregate: averagedWords(evaluation) };
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [`evaluation ${name}`, value]));
}

function settingText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string' || value === null) return formatSetting(value);
  return Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
}
