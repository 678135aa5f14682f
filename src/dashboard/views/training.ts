import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { OverlaidCurves, Panel } from '../panels/panel.ts';
import { trainingPanels } from '../panels/panels.ts';
import { beside, captionRule, clipText, type StyledLine } from '../terminal/styled-line.ts';
import { readingView } from './view.ts';

/** A training's curves: what was recorded of its steps, evaluations on its way, its M-curve, and its log. */
export const training = readingView<OverlaidCurves>({
  name: 'training',
  help: 'curves and log of a trial’s training, with those of the marked ones',
  numbered: ({ trialCount }) => trialCount,
  eventsBelow: false,
  readsMarked: true,
  async read(source, { subject, marked }) {
    const trial = Number(subject);
    const others = marked.filter((each) => each !== trial).slice(0, overlaidMost);
    const [own, outputs, ...over] = await Promise.all([
      source.training(trial),
      source.outputs(trial),
      ...others.map((each) => source.training(each)),
    ]);
    return { ...own, outputs, over };
  },
  rows: (curves, snapshot) => panelsOf(curves, snapshot).length,
  visible: (width, height) => {
    const { across, down } = gridOf(width, height);
    return across * down;
  },
  list(_, { width, height }) {
    const { across, down } = gridOf(width, height);
    return { visible: across * down, step: across };
  },
  draw(curves, { snapshot, state, width, height }) {
    const panels = panelsOf(curves, snapshot);
    const { across, down } = gridOf(width, height);
    const most = across * Math.ceil(Math.max(0, panels.length - across * down) / across);
    const begin = Math.max(0, Math.min(across * Math.floor(state.offset / across), most));
    const shown = panels.slice(begin, begin + across * down);
    const range = shown.length === panels.length ? '' : `${begin + 1}–${begin + shown.length} of ${panels.length}, j k`;
    const rows = Math.max(1, Math.ceil(shown.length / across));
    return Array.from({ length: rows }, (_, row) => {
      const top = Math.floor((row * height) / rows);
      const tall = Math.floor(((row + 1) * height) / rows) - top;
      return sideBySide(shown.slice(row * across, (row + 1) * across), width, tall, row === 0 ? range : '');
    }).flat();
  },
  trials: ({ trial: { trial } }) => [trial],
});

/** Lines beside the training's own that can be told apart. */
const overlaidMost = 4;

/** Columns from which two panels stand side by side, and the rows that one needs. */
const besideFrom = 76;
const leastRows = 6;

/** Columns of a caption's rule beside its text. */
const captionMargin = 6;

function gridOf(width: number, height: number): { readonly across: number; readonly down: number } {
  return { across: width >= besideFrom ? 2 : 1, down: Math.max(1, Math.floor(height / leastRows)) };
}

/** @param range which of all panels are shown, in the last caption; empty: all are */
function sideBySide(panels: readonly Panel[], width: number, height: number, range: string): readonly StyledLine[] {
  const [left, right] = panels;
  if (left === undefined) return [];
  if (right === undefined) return drawPanel(left, width, height, range);
  const half = Math.floor((width - 1) / 2);
  return beside(drawPanel(left, half, height, ''), half + 1, drawPanel(right, width - half - 1, height, range));
}

function drawPanel({ captions, draw }: Panel, width: number, height: number, range: string): readonly StyledLine[] {
  const told = range === '' ? '' : ` (${range})`;
  const room = width - captionMargin - told.length;
  const caption = captions.find(({ length }) => length <= room) ?? clipText(captions.at(-1) ?? '', room);
  const lines = draw(width, height - 1);
  return [captionRule(`${caption}${told}`, width), ...Array.from({ length: height - 1 }, (_, row) => lines[row] ?? [])];
}

/** What is read never changes: each is worked out once, however often it is drawn. */
const made = new WeakMap<OverlaidCurves, readonly Panel[]>();

function panelsOf(curves: OverlaidCurves, sweep: Pick<SweepSnapshot, 'definition'>): readonly Panel[] {
  const found = made.get(curves) ?? trainingPanels.flatMap((panels) => panels(curves, sweep));
  made.set(curves, found);
  return found;
}
