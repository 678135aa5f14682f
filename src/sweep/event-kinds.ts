import { formatNumber } from '../metrics/values/format-number.ts';
import {
  atStep,
  because,
  begunAnew,
  changesText,
  type EventFacts,
  factsOf,
  lostText,
  measure,
  noticeText,
  onWhat,
  passTimes,
  trialsOf,
  trialsText,
  unknownText,
  withCount,
} from './event-words.ts';

/** What happened to a sweep or to one of its trainings, as people narrow a list of events down. */
export const eventGroups = ['failures', 'search', 'progress', 'notices', 'restarts', 'commands'] as const;

export type EventGroup = (typeof eventGroups)[number];

interface EventKind {
  readonly group: EventGroup;
  /** What happened, after the trials that it happened to, one or many: `trial 7 diverged: the loss was NaN`. */
  readonly say: (facts: EventFacts) => string;
}

/** Every kind of event: a new one is a record here, and is said, grouped and filtered by it everywhere. */
const kinds = {
  launched: command(({ number }) => withCount('launched', number('trainings'), 'training')),
  extended: command(({ number }) => withCount('extended', number('trainings'), 'training')),
  pause: command(() => 'paused'),
  resume: command(() => 'resumed'),
  cancel: command(() => 'cancelled by command'),
  drain: command(() => 'to be drained: what runs comes to its end, nothing else begins'),
  drained: command(() => 'drained'),
  set_parallelism: command(({ text }) => `parallelism set to ${text('parallelism') ?? '?'}`),
  set_priority: command(({ text }) => `priority set to ${text('priority') ?? '?'}`),
  set_budget: command(({ detail }) => `budget set: ${changesText(detail['changes'])}`),
  retry_failed: command(({ detail }) => `to be tried again: ${trialsOf(detail, 'all that failed')}`),
  cancelled: command((facts) => because('cancelled', facts)),
  cancel_trials: command(({ detail }) => `to be cancelled: ${trialsOf(detail, 'no trial')}`),
  completed: command(() => 'completed'),

  training_started: progress(({ number }) => {
    const [step, ms] = [number('step') ?? 0, number('start_ms')];
    return `${step > 0 ? `went on from step ${step}` : 'began'}${ms === null ? '' : `, ready after ${formatNumber(ms / 1000)} s`}`;
  }),
  checkpoint: progress((facts) => `wrote a checkpoint${atStep(facts)}`),
  succeeded: progress(() => 'succeeded'),
  ended_early: progress(
    ({ text }) => `ended at step ${text('step') ?? '?'} of ${text('of') ?? '?'}, which counts as its last`,
  ),
  room_again: progress((facts) => `went on, the disk had room again${atStep(facts)}`),
  packing_measured: progress(({ number, text, detail }) => {
    const pack = number('pack');
    const what = pack === 1 ? 'one pass at a time' : `${pack ?? '?'} passes at once`;
    return `measured on ${text('device') ?? 'its slot'}: ${what}${passTimes(detail['passMs'])}`;
  }),

  diverged: failure((facts) => because('diverged', facts)),
  out_of_memory: failure((facts) => because('ran out of memory', facts)),
  infeasible: failure((facts) => because('infeasible', facts)),
  crashed: failure((facts) => because('crashed', facts)),
  trainer_died: failure((facts) => because(lostText(facts.number('deaths')), facts)),
  slot_failed: failure((facts) => because('met a slot that failed', facts)),
  checkpoint_failed: failure((facts) => because(`could not write a checkpoint${atStep(facts)}`, facts)),
  overflow_skipped: failure((facts) => {
    const scale = facts.text('loss_scale');
    return `overflowed${atStep(facts)}, taken again${scale === null ? '' : ` with a loss scale of ${scale}`}`;
  }),
  waiting_for_room: failure((facts) => because(`waited for room on the disk${atStep(facts)}`, facts)),

  pruned: searched(() => 'pruned'),
  budget_spent: searched(({ text }) => `budget spent: ${text('reason') ?? 'it says no more'}`),
  stopped_early: searched((facts) => {
    const [value, best, from] = [measure(facts, 'value'), measure(facts, 'best'), facts.text('best_step')];
    const kept = best === null ? '' : `, best ${best}${from === null ? '' : ` at step ${from}`}`;
    return `stopped early${atStep(facts)}${value === null ? '' : `: ${facts.text('metric') ?? ''} ${value}`}${kept}`;
  }),
  kept_step: searched((facts) => {
    const value = measure(facts, 'value');
    return `kept the weights of step ${facts.text('step') ?? '?'}${value === null ? '' : `: ${facts.text('metric') ?? ''} ${value}`}`;
  }),

  restarted_in_other_numerics_class: restart(({ text }) => {
    const [before, now] = [text('from') ?? text('checkpoint'), text('to') ?? text('slot')];
    return `${begunAnew(text('lost_steps'))} in another numerics class: ${before ?? '?'} before, ${now ?? '?'} now`;
  }),
  restarted_with_other_checkpoints: restart(({ text }) => {
    const lost = begunAnew(text('lost_steps'));
    return `${lost}: its checkpoints lie in ${text('from') ?? '?'}, which the worker of ${text('to') ?? '?'} does not reach`;
  }),

  notice_set: told((facts) => `${noticeText(facts)} is set${onWhat(facts)}`),
  notice_removed: told((facts) => `${noticeText(facts)} is removed`),
  notice_delivered: told((facts) => `${noticeText(facts)} was delivered${onWhat(facts)}`),
  notice_delayed: told((facts) => {
    const again = facts.text('again_in_seconds');
    return `${noticeText(facts)} is late${onWhat(facts)}: ${facts.text('problem') ?? '?'}${again === null ? '' : `; tried again in ${again} s`}`;
  }),
  notice_failed: told((facts) => `${noticeText(facts)} failed${onWhat(facts)}: ${facts.text('problem') ?? '?'}`),
} satisfies Readonly<Record<string, EventKind>>;

export type EventKindName = keyof typeof kinds;

const all: ReadonlyMap<string, EventKind> = new Map(Object.entries(kinds));

export function kindsInGroup(group: EventGroup): readonly string[] {
  return [...all].filter(([, kind]) => kind.group === group).map(([name]) => name);
}

/** What happened, as one sentence without its full stop; a kind that a newer version wrote is said by its facts. */
export function sayEvent(kind: string, trials: readonly number[], detail: Readonly<Record<string, unknown>>): string {
  const what = all.get(kind)?.say(factsOf(detail)) ?? unknownText(kind, detail);
  return trials.length === 0 ? what : `${trialsText(trials)} ${what}`;
}

function command(say: EventKind['say']): EventKind {
  return { group: 'commands', say };
}

function progress(say: EventKind['say']): EventKind {
  return { group: 'progress', say };
}

function failure(say: EventKind['say']): EventKind {
  return { group: 'failures', say };
}

function searched(say: EventKind['say']): EventKind {
  return { group: 'search', say };
}

function restart(say: EventKind['say']): EventKind {
  return { group: 'restarts', say };
}

function told(say: EventKind['say']): EventKind {
  return { group: 'notices', say };
}
