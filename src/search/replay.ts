import { canonicalJson, type Json } from '../base/canonical-json.ts';
import type { ResolvedInputs, SweepDefinition } from '../sweep/sweep-definition.ts';
import { isDecision, type LoggedEvent, type SearchDecision } from './search-event.ts';
import { SearchState } from './search-state.ts';

/** A decision in the log that the fold does not come to. */
export interface ReplayDifference {
  readonly sequence: number;
  readonly recorded: string;
  /** The decision that follows from the events before it; null: none. */
  readonly follows: string | null;
}

export interface Replay {
  readonly events: number;
  readonly decisions: number;
  readonly differences: readonly ReplayDifference[];
}

/** Folds a recorded log again: each decision in it has to be the one that follows from what stands before it. */
export function replaySearch(definition: SweepDefinition, inputs: ResolvedInputs, log: readonly LoggedEvent[]): Replay {
  const state = new SearchState(definition, inputs);
  const differences: ReplayDifference[] = [];
  let decisions = 0;
  for (const { sequence, event, decidedAt } of log) {
    if (isDecision(event)) {
      decisions += 1;
      // Versions that noted no sequence decided rung by rung, so only what was decided can be compared, not when.
      const follows = decidedAt === null ? sameRung(state.due, event) : state.next();
      const recorded = spell(event);
      const expected = follows === null ? null : spell(follows);
      if (recorded !== expected) differences.push({ sequence, recorded, follows: expected });
    }
    state.apply(event);
  }
  return { events: log.length, decisions, differences };
}

function sameRung(due: readonly SearchDecision[], { ordinal, rung }: SearchDecision): SearchDecision | null {
  return due.find((decision) => decision.ordinal === ordinal && decision.rung === rung) ?? null;
}

/** Without the reason, whose words may change from one version to the next. */
function spell({ kind, ordinal, rung, point }: SearchDecision): string {
  if (kind === 'stop' || kind === 'halt') return kind;
  if (kind === 'suggest') return `suggest point ${ordinal}: ${canonicalJson((point ?? {}) satisfies Json)}`;
  return `${kind} training ${ordinal} at rung ${rung}`;
}
