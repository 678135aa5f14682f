import { formatMoment } from '../format-value.ts';
import { chosenRows } from '../chosen-rows.ts';
import { span } from '../styled-line.ts';
import { chosenValue, readingView, type ViewChoice } from './view.ts';

/** Kinds that events can be narrowed to, as the record calls them. */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  failures: [
    'diverged',
    'out_of_memory',
    'infeasible',
    'crashed',
    'trainer_died',
    'checkpoint_failed',
    'overflow_skipped',
    'waiting_for_room',
  ],
  search: ['pruned', 'budget_spent', 'stopped_early', 'kept_step'],
  progress: ['training_started', 'checkpoint', 'succeeded', 'room_again', 'packing_measured'],
  notices: ['notice_set', 'notice_removed', 'notice_delivered', 'notice_delayed', 'notice_failed'],
  restarts: ['restarted_in_other_numerics_class', 'restarted_with_other_checkpoints'],
  commands: [
    'launched',
    'extended',
    'pause',
    'resume',
    'cancel',
    'drain',
    'drained',
    'set_parallelism',
    'set_priority',
    'retry_failed',
    'cancel_trials',
    'completed',
  ],
};

const kindChoice: ViewChoice = {
  name: 'kind',
  key: 'f',
  help: 'events of the next kind (or :kind failures)',
  values: () => ['all', ...Object.keys(kindsOf)],
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
    return source.events(sweepId, { offset, limit }, kindsOf[chosen]);
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
