import type { Json } from '../base/canonical-json.ts';
import type { SweepFacts } from './sweep-facts.ts';

/** A condition's memory of what it has told; null: nothing yet. */
export type Memory = Json;

export interface Occurrence {
  /** What is remembered from now on: it makes the condition hold once. */
  readonly memory: Memory;
  /** The text that people are told. */
  readonly text: string;
}

/** A condition of one notice, its argument read. */
export interface Condition {
  /** As people write it, in one spelling: `failures>0.1`. */
  readonly text: string;
  /** What is told already when the notice is set. */
  begin(facts: SweepFacts): Memory;
  /** Whether there is something to tell that the memory does not have. */
  occurs(facts: SweepFacts, memory: Memory): Occurrence | null;
}

export interface ConditionKind {
  readonly name: string;
  /** How it is written, for help. */
  readonly form: string;
  /** When it holds, for help: continues `told`. */
  readonly brief: string;
  /** @param rest what follows the name. Null: it is not of this form */
  read(rest: string): Condition | null;
}
