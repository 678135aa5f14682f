import stringWidth from 'string-width';
import type { SweepListRow } from '../../store/sweep-list.ts';
import { chosenRows } from '../chosen-rows.ts';
import { formatCount, formatDuration, formatPercent } from '../format-value.ts';
import { fitText, span, type Tone } from '../styled-line.ts';
import { readingView } from './view.ts';

/** Every sweep of the record, newest first. */
export const sweeps = readingView({
  name: 'sweeps',
  key: '6',
  help: 'all sweeps; enter: watch it',
  eventsBelow: true,
  beyondSweep: true,
  read: (source) => source.sweeps(),
  rows: (list) => list.length,
  visible: (_, height) => Math.max(0, height - 2),
  draw(list, { state, now, width, height }) {
    const nameWidth = list.reduce((most, { name }) => Math.max(most, stringWidth(name)), 'sweep'.length);
    // A name may be cut, since it says so; what it did may not.
    const room = Math.max(8, Math.min(nameWidth, width - 2 - 44));
    return chosenRows({
      caption: 'sweeps',
      headings: span(
        `${fitText('sweep', room)} ${'state'.padEnd(9)} ${fitText('done', 5, 'right')} trainings`,
        'heading',
      ),
      total: list.length,
      from: 0,
      rows: list.map((sweep) => [
        span(`${fitText(sweep.name, room)} `, 'plain'),
        span(`${sweep.state.padEnd(9)} `, toneOf(sweep)),
        span(`${fitText(formatPercent(sweep.finished, sweep.trainings), 5, 'right')} `),
        span(`${sweep.finished}/${formatCount(sweep.trainings, 'training')}`),
        span(sweep.failed > 0 ? `, ${sweep.failed} FAILED` : '', 'bad'),
        span(sweep.trainer === 'simulated' ? ', SIMULATED' : '', 'warning'),
        span(`, ${formatDuration(now.getTime() - sweep.createdAt.getTime())} ago`, 'faint'),
      ]),
      state,
      width,
      height,
    });
  },
  open: (list, { state }) => {
    const chosen = list[state.selected];
    return chosen === undefined ? null : { view: 'overview', subject: '', sweep: chosen.name };
  },
});

function toneOf({ state }: SweepListRow): Tone {
  if (state === 'running') return 'accent';
  return state === 'completed' ? 'good' : 'warning';
}
