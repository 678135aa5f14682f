import { isDecision, type LoggedEvent, type SearchEvent } from '../../src/search/fold/search-event.ts';
import type { SearchState } from '../../src/search/fold/search-state.ts';

/** The log of a search as the store keeps it: what is recorded is told to the state, each decision with the fact before it. */
export function recordingOf(state: SearchState): {
  readonly log: LoggedEvent[];
  readonly record: (event: SearchEvent) => void;
} {
  const log: LoggedEvent[] = [];
  let factsUpTo = 0;
  const record = (event: SearchEvent): void => {
    if (!isDecision(event)) factsUpTo = log.length;
    log.push({ sequence: log.length, event, decidedAt: isDecision(event) ? factsUpTo : null });
    state.apply(event);
  };
  return { log, record };
}
