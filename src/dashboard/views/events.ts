import { formatMoment } from '../format-value.ts';
import { chosenRows } from '../chosen-rows.ts';
import { span } from '../styled-line.ts';
import { readingView } from './view.ts';

/** All that happened to a sweep, newest first. */
export const events = readingView({
  name: 'events',
  key: '5',
  help: 'what happened, newest first',
  eventsBelow: false,
  read: (source, { sweepId, offset, limit }) => source.events(sweepId, { offset, limit }),
  rows: ({ total }) => total,
  visible: (_, height) => Math.max(0, height - 1),
  draw: ({ from, total, rows }, { state, width, height }) =>
    chosenRows({
      caption: 'events',
      headings: null,
      total,
      from,
      rows: rows.map(({ at, text }) => [span(`${formatMoment(at)} `, 'faint'), span(text)]),
      state,
      width,
      height,
    }),
  open({ from, rows }, { state }) {
    const [first] = rows[state.selected - from]?.trials ?? [];
    return first === undefined ? null : { view: 'trial', subject: String(first) };
  },
  trials: ({ from, rows }, { state }) => rows[state.selected - from]?.trials ?? [],
});
