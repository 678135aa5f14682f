import { assertNever } from '../../base/assert-never.ts';
import { formatPercent } from '../../metrics/values/format-value.ts';
import type { TrialRow } from '../../store/views/sweep-snapshot.ts';
import type { Tone } from '../terminal/styled-line.ts';

/** A trial's state in one word or two, with how far it is. @param paused whether its sweep stands still */
export function stateText(trial: TrialRow, paused: boolean): string {
  switch (trial.state) {
    case 'waiting':
      if (trial.step > 0) return `${paused ? 'paused' : 'waiting'} ${formatPercent(trial.step, trial.totalSteps)}`;
      return 'waiting';
    case 'running':
      return `training ${formatPercent(Math.min(trial.step, 0.99 * trial.totalSteps), trial.totalSteps)}`;
    case 'evaluating':
      return trial.metrics === null ? 'evaluating' : doneText(trial);
    case 'succeeded':
      return trial.metrics === null ? 'not scored' : doneText(trial);
    case 'out_of_memory':
      return 'OUT OF MEMORY';
    case 'diverged':
    case 'infeasible':
    case 'crashed':
      return trial.state.toUpperCase();
    case 'pruned':
    case 'cancelled':
      return trial.state;
    default:
      return assertNever(trial.state, 'training state');
  }
}

function doneText(trial: TrialRow): string {
  if (trial.metrics?.collapsed === true) return 'COLLAPSED';
  return trial.reused ? 'done, reused' : 'done';
}

export function stateTone(trial: TrialRow): Tone {
  switch (trial.state) {
    case 'waiting':
    case 'pruned':
    case 'cancelled':
      return 'faint';
    case 'running':
    case 'evaluating':
      return 'accent';
    case 'succeeded':
      return trial.metrics?.collapsed === true ? 'warning' : 'good';
    case 'diverged':
    case 'out_of_memory':
    case 'infeasible':
    case 'crashed':
      return 'bad';
    default:
      return assertNever(trial.state, 'training state');
  }
}
