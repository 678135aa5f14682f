import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import type { FoldMemory } from './fold-memory.ts';
import { isDecision, type LoggedEvent, type SearchDecision } from './search-event.ts';
import { type SearchStage, SearchState } from './search-state.ts';

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
  /** Whether what was written down of the search after an event is what the fold remembers there; null: nothing was. */
  readonly snapshot: { readonly sequence: number; readonly agrees: boolean } | null;
}

/** What was written down of a search, after the event with that sequence. */
export interface WrittenMemory {
  readonly sequence: number;
  readonly memory: FoldMemory;
}

/**
 * Folds a recorded log again, from its beginning: each decision in it has to be the one that follows from what stands
 * before it, and what was written down on the way what is remembered there.
 */
export function replaySearch(
  stages: readonly SearchStage[],
  log: readonly LoggedEvent[],
  written: WrittenMemory | null = null,
): Replay {
  const state = new SearchState(stages);
  const differences: ReplayDifference[] = [];
  let decisions = 0;
  let snapshot: Replay['snapshot'] = null;
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
    if (sequence === written?.sequence)
      snapshot = { sequence, agrees: written.memory.spelled() === state.memory.spelled() };
  }
  return { events: log.length, decisions, differences, snapshot };
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
