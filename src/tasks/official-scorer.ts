import { scoreSquad } from './question-answering/score-squad.ts';

/** Files in the format that a benchmark publishes. */
export interface ScoringRequest {
  readonly dataset: string;
  readonly predictions: string;
  /** How likely each question has no answer; absent: every prediction stands. */
  readonly noAnswer?: string;
  /** Above it a question counts as unanswered; absent: 1. */
  readonly threshold?: number;
}

export interface OfficialScores {
  /** By the names of the benchmark's own scorer. */
  readonly scores: Readonly<Record<string, number>>;
  /** Notes for their reader, in sentences. */
  readonly notes: readonly string[];
}

/** Benchmarks whose own scorer is followed, by name. */
export const officialScorers: Readonly<Record<string, (request: ScoringRequest) => OfficialScores>> = {
  squad: scoreSquad,
};
