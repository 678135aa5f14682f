import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import type { FoldMemory } from './fold-memory.ts';
import { isDecision, type LoggedEvent, type SearchDecision, type SearchEvent } from './search-event.ts';
import { type SearchStage, SearchState } from './search-state.ts';

/** A decision in the log that the fold does not come to there, or one that it comes to and that the log does not have. */
export interface ReplayDifference {
  /** Of the recorded decision, or of the event that it is missing before; null: it is missing at the end. */
  readonly sequence: number | null;
  /** Null: no decision is recorded there. */
  readonly recorded: string | null;
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
 * Whether its sweep was ever cancelled, and is so now. A cancelled search hears and decides nothing, and decides what was
 * due when it is resumed: what it did not decide is looked for at the end alone, and not while it is cancelled.
 */
export type Cancelled = 'never' | 'once' | 'now';

/**
 * Folds a recorded log again, from its beginning: each decision in it has to be the one that follows from what stands
 * before it, nothing more may follow before the next fact or at the end, and what was written down on the way has to be
 * what is remembered there.
 */
export function replaySearch(
  stages: readonly SearchStage[],
  log: readonly LoggedEvent[],
  written: WrittenMemory | null = null,
  cancelled: Cancelled = 'never',
): Replay {
  const state = new SearchState(stages);
  const differences: ReplayDifference[] = [];
  /** Decisions that were missing where they were due: the fold goes on as if they stood there. */
  const missed = new Set<string>();
  const miss = (sequence: number | null): void => {
    for (let next = state.next(); next !== null; next = state.next()) {
      differences.push({ sequence, recorded: null, follows: spell(next) });
      missed.add(spell(next));
      state.apply(next);
    }
  };
  const noted = firstNoted(log);
  let decisions = 0;
  let snapshot: Replay['snapshot'] = null;
  log.forEach(({ sequence, event, decidedAt }, place) => {
    if (isDecision(event)) {
      decisions += 1;
      const recorded = spell(event);
      if (missed.delete(recorded)) {
        differences.push({ sequence, recorded, follows: null });
        return;
      }
      // Versions that noted no sequence decided rung by rung, so only what was decided can be compared, not when.
      const follows = decidedAt === null ? sameRung(state.due, event) : state.next();
      const expected = follows === null ? null : spell(follows);
      if (recorded !== expected) differences.push({ sequence, recorded, follows: expected });
    } else if (cancelled === 'never' && place > noted && isDecidedAfter(log[place - 1]?.event)) miss(sequence);
    state.apply(event);
    if (sequence === written?.sequence)
      snapshot = { sequence, agrees: written.memory.spelled() === state.memory.spelled() };
  });
  if (cancelled !== 'now' && log.length > noted) miss(null);
  return { events: log.length, decisions, differences, snapshot };
}

/** The first place from which on each decision is noted with its sequence; facts before it are not looked after. */
function firstNoted(log: readonly LoggedEvent[]): number {
  const unnoted = log.findLastIndex(({ event, decidedAt }) => isDecision(event) && decidedAt === null);
  if (unnoted < 0) return -1;
  const noted = log.findIndex(({ event }, place) => place > unnoted && isDecision(event));
  return noted < 0 ? log.length : noted;
}

/** Whether what follows from an event is recorded before the next fact: a clock is told with the result that it is of. */
function isDecidedAfter(event: SearchEvent | undefined): boolean {
  return event?.kind !== 'spent' && event?.kind !== 'elapsed' && event?.kind !== 'extended';
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
