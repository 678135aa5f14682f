import { eventGroups, kindsInGroup } from '../../sweep/event-kinds.ts';
import { formatMoment } from '../../metrics/values/format-value.ts';
import { chosenRows } from '../tables/chosen-rows.ts';
import { span } from '../terminal/styled-line.ts';
import { chosenValue, readingView, type ViewChoice } from './view.ts';

const kindChoice: ViewChoice = {
  name: 'kind',
  key: 'f',
  help: 'events of the next kind (or :kind failures)',
  values: () => ['all', ...eventGroups],
};

/** All that happened to a sweep, newest first. */
export const events = readingView({
  name: 'events',
  key: '5',
  help: 'what happened, newest first',
  eventsBelow: false,
  choices: [kindChoice],
  read: (source, { sweepId, snapshot, offset, limit, choices }) => {
    const chosen = chosenValue('events', kindChoice, { snapshot, state: { choices } });
    const group = eventGroups.find((each) => each === chosen);
    return source.events(sweepId, { offset, limit }, group === undefined ? undefined : kindsInGroup(group));
  },
  rows: ({ total }) => total,
  page: ({ from, rows }) => ({ from, count: rows.length }),
  rowsFrom: 1,
  visible: (_, height) => Math.max(0, height - 1),
  draw({ from, total, rows }, { snapshot, state, width, height }) {
    const kind = chosenValue('events', kindChoice, { snapshot, state });
    return chosenRows({
      caption: kind === 'all' ? 'events' : `events: ${kind}`,
      headings: null,
      total,
      from,
      rows: rows.map(({ at, text }) => [span(`${formatMoment(at)} `, 'faint'), span(text)]),
      state,
      width,
      height,
    });
  },
  open({ from, rows }, { state }) {
    const [first] = rows[state.selected - from]?.trials ?? [];
    return first === undefined ? null : { view: 'trial', subject: String(first) };
  },
  trials: ({ from, rows }, { state }) => rows[state.selected - from]?.trials ?? [],
});
