import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { DecisionRow, SearchView } from '../../store/search/search-view.ts';
import { schedulerSentence } from '../../search/scheduler-sentence.ts';
import { formatMeasure } from '../../metrics/metrics.ts';
import { chosenRows } from '../tables/chosen-rows.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatClock, formatSetting } from '../../metrics/values/format-value.ts';
import { fieldHeading } from '../../sweep/training-fields.ts';
import { inReferenceOrder } from '../tables/view-columns.ts';
import { type KindSettings, saidOf } from '../../sweep/file/search-section.ts';
import { textWidth } from '../terminal/text-width.ts';
import { captionRule, clipLine, fitText, span, type StyledLine, type Tone } from '../terminal/styled-line.ts';
import { wrapWords } from '../../base/wrap-words.ts';
import { cutLines } from '../terminal/cut-lines.ts';
import { readingView, type ViewFrame } from './view.ts';

/** The decisions of sampler and scheduler, and why; rungs as a funnel. */
export const search = readingView<SearchView>({
  name: 'search',
  key: '9',
  help: 'what was decided and why, rungs',
  eventsBelow: false,
  read: (source, { sweepId, offset, limit }) => source.search(sweepId, { offset, limit }),
  rows: ({ total }) => total,
  page: ({ from, decisions }) => ({ from, count: decisions.length }),
  visible: (_, height) => Math.max(1, Math.ceil(height / 2) - 1),
  list(model, frame) {
    const above = aboveLines(model, frame).length;
    return { rowsFrom: above + 1, visible: Math.max(0, frame.height - above - 1) };
  },
  draw(model, { snapshot, state, width, height }) {
    const funnel = aboveLines(model, { snapshot, width, height });
    if (model.total === 0)
      return [...funnel, captionRule('no decisions: all points were there from the beginning', width)];
    const list = chosenRows({
      caption: 'decisions, newest first',
      headings: null,
      total: model.total,
      from: model.from,
      rows: model.decisions.map(decisionLine),
      state,
      width,
      height: height - funnel.length,
    });
    return [...funnel, ...list];
  },
  open: ({ decisions, from }, { state }) => {
    const trial = decisions[state.selected - from]?.trial ?? null;
    return trial === null ? null : { view: 'trial', subject: String(trial) };
  },
  trials: ({ decisions, from }, { state }) => {
    const trial = decisions[state.selected - from]?.trial ?? null;
    return trial === null ? [] : [trial];
  },
});

/** Funnel and space. Half of the body at least is decisions: the funnel of a ladder is short. */
function aboveLines(
  model: SearchView,
  { snapshot, width, height }: Pick<ViewFrame, 'snapshot' | 'width' | 'height'>,
): readonly StyledLine[] {
  const lines = [...funnelLines(model, snapshot, width), ...spaceLines(snapshot, width)];
  return cutLines(lines, Math.floor(height / 2));
}

const toneOf: Readonly<Record<DecisionRow['kind'], Tone>> = {
  suggest: 'accent',
  promote: 'good',
  prune: 'warning',
  stop: 'heading',
  halt: 'bad',
};

const wordOf: Readonly<Record<DecisionRow['kind'], string>> = {
  suggest: 'suggested',
  promote: 'goes on',
  prune: 'pruned',
  stop: 'search ends',
  halt: 'halted',
};

function decisionLine({ at, kind, trial, reason, point }: DecisionRow): StyledLine {
  const settings = Object.entries(point ?? {}).map(([name, value]) => `${name}=${value}`);
  const what = trial === null ? settings.join(' ') : `trial ${trial}`;
  return [
    span(`${formatClock(at)} `, 'faint'),
    span(`${wordOf[kind].padEnd(11)} `, toneOf[kind]),
    span(what === '' ? '' : `${what}: `),
    span(reason),
  ];
}

/** What is searched: each field with its values, or the range that they are drawn from. */
function spaceLines({ definition }: SweepSnapshot, width: number): readonly StyledLine[] {
  const fields = inReferenceOrder(Object.entries(definition.space), ([field]) => field);
  const names = Math.max(0, ...fields.map(([field]) => textWidth(fieldHeading(field))));
  return [
    captionRule('space', width),
    ...fields.map(([field, values]) =>
      clipLine(
        [span(`${fitText(fieldHeading(field), names)}  `, 'heading'), span(valuesText(field, values, definition))],
        width,
      ),
    ),
  ];
}

/** A range is told by its ends, and by how it is gone through. */
function valuesText(field: string, values: readonly unknown[], { scales }: SweepSnapshot['definition']): string {
  const texts = values.map((value) =>
    typeof value === 'number' || typeof value === 'string' ? formatSetting(value) : JSON.stringify(value),
  );
  const scale = scales?.[field];
  return scale === undefined ? texts.join(', ') : `${texts[0] ?? ''} to ${texts.at(-1) ?? ''}, ${scale}`;
}

function funnelLines(
  { rungs, savedSeconds }: SearchView,
  { definition, counts }: SweepSnapshot,
  width: number,
): readonly StyledLine[] {
  const worth = schedulerSentence(definition, { ...counts, savedSeconds });
  const words = (settings: KindSettings): string =>
    Object.entries(saidOf(settings))
      .filter(([name]) => name !== 'enqueue')
      .map(([name, value]) =>
        typeof value === 'string' && name === 'kind' ? value : `${name} ${JSON.stringify(value)}`,
      )
      .join(', ');
  const most = Math.max(1, ...rungs.map(({ trainings }) => trainings));
  const [objective] = definition.objectives;
  const steps = Math.max(4, ...rungs.map(({ step }) => String(step).length));
  const texts = rungs.map(({ trainings, reached, promoted, pruned, best }) => {
    const value = best === null || objective === undefined ? null : objective.direction === 'minimize' ? -best : best;
    return [
      `${reached} of ${formatCount(trainings, 'training')}`,
      ...(promoted > 0 ? [`${promoted} went on`] : []),
      ...(pruned > 0 ? [`${pruned} pruned`] : []),
      ...(value === null || objective === undefined ? [] : [`best ${formatMeasure(objective.metric, value)}`]),
    ].join(', ');
  });
  const room = Math.max(8, width - steps - Math.max(0, ...texts.map(({ length }) => length)) - 8);
  return [
    captionRule(`search: ${words(definition.search)}; scheduler: ${words(definition.scheduler)}`, width),
    ...(worth === null ? [] : wrapWords(worth, width).map((line): StyledLine => [span(line, 'faint')])),
    ...rungs.map(({ step, reached, promoted, pruned }, index): StyledLine => {
      const cells = (count: number): number => Math.round((count / most) * room);
      const [gone, out] = [cells(promoted), cells(pruned)];
      const rest = Math.max(0, cells(reached) - gone - out);
      const bar = [span('█'.repeat(gone), 'good'), span('▒'.repeat(out), 'warning'), span('▓'.repeat(rest), 'accent')];
      const blank = ' '.repeat(Math.max(0, room - gone - out - rest));
      return clipLine(
        [span(`step ${fitText(String(step), steps, 'right')} `), ...bar, span(`${blank} `), span(texts[index] ?? '')],
        width,
      );
    }),
  ];
}
