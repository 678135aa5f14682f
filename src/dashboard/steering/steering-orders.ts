import { assertNever } from '../../base/assert-never.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { formatCount } from '../../base/format-count.ts';
import type { DashboardCommand, KeyMeaning } from '../input/key-bindings.ts';

/** A key that asks something of the sweep, or of some of its trials. */
export type SteeringKey = Extract<
  KeyMeaning,
  {
    readonly kind:
      | 'pause'
      | 'resume'
      | 'drain'
      | 'cancel'
      | 'retry'
      | 'parallelism'
      | 'set_parallelism'
      | 'set_priority'
      | 'set_budget'
      | 'pin';
  }
>;

/** A command that the sweep takes. */
export interface Order {
  readonly command: DashboardCommand;
  /** What was asked for, in words. */
  readonly what: string;
  /** What is said where the record had nothing to change; absent: that it is so already. */
  readonly idle?: string;
  /** To be answered first, of what cannot simply be undone. */
  readonly question?: string;
}

/**
 * The command that a key stands for now, or why the sweep does not take it.
 * @param marked trials that were marked
 * @param chosen trials of the chosen row, where none are marked
 */
export function orderOf(
  key: SteeringKey,
  snapshot: SweepSnapshot,
  marked: readonly number[],
  chosen: readonly number[],
): Order | string {
  const refusal = whyNot(snapshot, key);
  if (refusal !== null) return refusal;
  switch (key.kind) {
    case 'pause':
    case 'resume':
    case 'drain':
      return { command: { kind: key.kind }, what: key.kind };
    case 'parallelism': {
      const parallelism = Math.max(1, snapshot.desiredParallelism + key.change);
      return { command: { kind: 'set_parallelism', parallelism }, what: `parallelism ${parallelism}` };
    }
    case 'set_parallelism':
      return { command: key, what: `parallelism ${key.parallelism}` };
    case 'set_priority':
      return { command: key, what: `priority ${key.priority}` };
    case 'set_budget':
      return { command: key, what: `budget ${budgetWords(key.changes)}` };
    case 'retry':
      return retryOrder(snapshot, marked);
    case 'cancel':
      return cancelOrder(snapshot, marked);
    case 'pin':
      return pinOrder(key.pinned, marked.length > 0 ? marked : chosen);
    default:
      return assertNever(key, 'key that steers');
  }
}

function retryOrder({ name, counts }: SweepSnapshot, marked: readonly number[]): Order | string {
  if (marked.length > 0)
    return {
      command: { kind: 'retry_failed', trials: marked },
      what: `another try of ${trialWords(marked)}`,
      idle: `${trialWords(marked)}: nothing that has failed or was cancelled`,
    };
  const failed = counts.diverged + counts.out_of_memory + counts.infeasible + counts.crashed;
  if (failed === 0) return `nothing of ${name} has failed`;
  return { command: { kind: 'retry_failed' }, what: `another try of ${formatCount(failed, 'failed training')}` };
}

function cancelOrder({ name, counts }: SweepSnapshot, marked: readonly number[]): Order {
  if (marked.length > 0) {
    const what = `cancelling ${trialWords(marked)}`;
    const idle = `${trialWords(marked)}: nothing is left to cancel`;
    return {
      command: { kind: 'cancel_trials', trials: marked },
      what,
      question: `cancel ${trialWords(marked)}?`,
      idle,
    };
  }
  const open = counts.waiting + counts.running + counts.evaluating;
  const question = `cancel ${name}, ${formatCount(open, 'training')} not finished?`;
  return { command: { kind: 'cancel' }, what: `cancelling ${name}`, question };
}

function pinOrder(pinned: boolean, trials: readonly number[]): Order | string {
  if (trials.length === 0) return 'no trial is chosen: space marks trials, enter opens one';
  const what = pinned
    ? `keeping the checkpoints of ${trialWords(trials)}`
    : `letting gc have the checkpoints of ${trialWords(trials)}`;
  const command = { kind: 'pin', trials, pinned } as const;
  // What gc has taken does not come back.
  return pinned
    ? { command, what }
    : { command, what, question: `let gc delete the checkpoints of ${trialWords(trials)}?` };
}

/** `hours 4, failures without a limit`. */
function budgetWords(changes: Extract<SteeringKey, { readonly kind: 'set_budget' }>['changes']): string {
  return Object.entries(changes)
    .map(([name, value]) => `${name} ${value ?? 'without a limit'}`)
    .join(', ');
}

/** `trial 7`, `trials 7, 9 and 3 more`. */
export function trialWords(trials: readonly number[]): string {
  if (trials.length === 1) return `trial ${trials[0]}`;
  if (trials.length <= 4) return `trials ${trials.join(', ')}`;
  return `trials ${trials.slice(0, 2).join(', ')} and ${trials.length - 2} more`;
}

/** Why a sweep does not take a command now; null: it does. */
export function whyNot(
  { name, state }: Pick<SweepSnapshot, 'name' | 'state'>,
  { kind }: Pick<SteeringKey, 'kind'>,
): string | null {
  const why = nothingLeft[kind];
  if (why === null) return null;
  if (state === 'completed') return `${name} is completed: ${why}`;
  if (state === 'cancelled' && kind !== 'resume') return `${name} is cancelled: r goes on with it`;
  if (state === 'paused' && kind === 'drain') return `${name} is paused: nothing of it runs that could come to its end`;
  return null;
}

/** Of a sweep that is over; null: it takes the command all the same. */
const nothingLeft: Readonly<Record<SteeringKey['kind'], string | null>> = {
  pause: 'nothing of it runs that could be paused',
  resume: 'nothing of it is left to run',
  drain: 'nothing of it is left to begin',
  cancel: 'nothing of it is left to cancel',
  retry: null,
  parallelism: 'nothing of it is left to run on more or fewer lanes',
  set_parallelism: 'nothing of it is left to run on more or fewer lanes',
  set_priority: 'nothing of it is left to go before others',
  set_budget: 'its search is over, and no limit can end it; dropsweep launch --extend goes on',
  pin: null,
};
