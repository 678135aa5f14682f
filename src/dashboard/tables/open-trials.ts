import type { Opened } from '../view-state.ts';

/** Leads to a trial, or to the list of several: the seeds of a configuration. */
export function openTrials(trials: readonly number[]): Opened | null {
  const [first, ...more] = trials;
  if (first === undefined) return null;
  if (more.length === 0) return { view: 'trial', subject: String(first) };
  const column = { of: 'trial', name: 'trial' } as const;
  const filter = {
    text: `trial=${trials.join(',')}`,
    conditions: [{ column, comparison: '=' as const, values: trials }],
  };
  return { view: 'trials', subject: '', filter };
}
