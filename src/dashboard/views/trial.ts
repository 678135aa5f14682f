import { measureText } from '../../metrics/metrics.ts';
import type { TrialRow } from '../../store/sweep-snapshot.ts';
import { averagedWords } from '../../sweep/averaged-words.ts';
import { headingOf, metricsOf } from '../../tasks/task-metrics.ts';
import { chosenRows } from '../chosen-rows.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatMoment, formatSetting } from '../format-value.ts';
import { span, type StyledLine } from '../styled-line.ts';
import type { TrialDetails } from '../view-source.ts';
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
    return chosenRows({ caption, headings: null, total: rows.length, from: 0, rows, state, width, height });
  },
  open: ({ trial: { trial: number } }) => ({ view: 'training', subject: String(number) }),
  trials: ({ trial: { trial: number } }) => [number],
});

function linesOf({ trial: row, events, losses }: TrialDetails, definition: ViewFrame['snapshot']['definition']) {
  const failure = row.failure === null ? [] : [fact('failure', `${row.failure.code}: ${row.failure.message}`)];
  // Those of further sets, and of a program, too.
  const scored = metricsOf(definition)
    .map(({ name }) => [name, measureText(row, name)] as const)
    .filter(([, text]) => text !== '–')
    .map(([name, text]) => fact(headingOf(definition, name), text));
  return [
    fact('state', `${row.state.replaceAll('_', ' ')}, step ${row.step} of ${row.totalSteps}, ${claims(row)}`),
    ...failure,
    ...lossLine(losses),
    ...scored,
    ...Object.entries({ ...row.configuration, ...prefixed(row.evaluation) }).map(([name, value]) =>
      fact(name, settingText(value)),
    ),
    ...events.map(({ at, text }): StyledLine => [span(`${formatMoment(at)} `, 'faint'), span(text)]),
  ];
}

function fact(name: string, text: string): StyledLine {
  return [span(`${name.padEnd(24)} `, 'heading'), span(text)];
}

/** Its training and its evaluation are a segment each, and whatever was lost or released is claimed again. */
function claims({ claimedSegments, reused }: TrialRow): string {
  return reused ? 'reused from another sweep' : `${formatCount(claimedSegments, 'segment')} claimed`;
}

function lossLine(losses: readonly number[]): readonly StyledLine[] {
  const [first] = losses;
  const last = losses.at(-1);
  if (first === undefined || last === undefined) return [];
  return [fact('training loss', `${first.toPrecision(4)} at step 1, ${last.toPrecision(4)} at step ${losses.length}`)];
}

function prefixed(evaluation: TrialRow['evaluation']): Readonly<Record<string, unknown>> {
  const shown = { ...evaluation, aggregate: averagedWords(evaluation) };
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [`evaluation ${name}`, value]));
}

function settingText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string' || value === null) return formatSetting(value);
  return Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
}
