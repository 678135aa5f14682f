import { isMap } from 'yaml';
import { type FailureKind, failureKinds } from '../failure-kinds.ts';
import { aboveZero, wholeFrom, type NumberRule } from './number-rules.ts';
import type { YamlSection } from './yaml-section.ts';

/** When a search ends before its last training: see src/search/fold/budget.ts. Absent: never. */
export type Budget = Readonly<Partial<Record<BudgetName, number>>>;
export type BudgetName =
  | 'trials'
  | 'trainings'
  | 'failures'
  | `failures.${FailureKind}`
  | 'target'
  | 'no_better_since'
  | 'slot_hours'
  | 'hours';

interface BudgetField {
  /** A limit by class is a key of a mapping in the file; its name has a dot. */
  readonly name: BudgetName;
  readonly rule: NumberRule;
  /** When the search ends, for the reference; without its full stop. */
  readonly sentence: string;
}

const anyNumber: NumberRule = { expected: 'a number', whole: false, accepts: Number.isFinite };

/** Said of trainings: `3 trainings have …`. */
export const failureWords: Readonly<Record<FailureKind, string>> = {
  diverged: 'diverged',
  crashed: 'crashed',
  out_of_memory: 'run out of memory',
  infeasible: 'been infeasible',
};

export const budgetFields: readonly BudgetField[] = [
  {
    name: 'trials',
    rule: wholeFrom(1),
    sentence: 'So many points are decided: each of their seeds has come to its end, was stopped or has failed',
  },
  { name: 'trainings', rule: wholeFrom(1), sentence: 'So many trainings have come to their end' },
  {
    name: 'failures',
    rule: wholeFrom(1),
    sentence: 'So many trainings have failed: diverged or crashed. What is infeasible or runs out of memory has not',
  },
  ...failureKinds.map((kind) => ({
    name: `failures.${kind}` as const,
    rule: wholeFrom(1),
    sentence: `So many trainings have ${failureWords[kind]}`,
  })),
  { name: 'target', rule: anyNumber, sentence: 'A training has reached this value of the first objective' },
  {
    name: 'no_better_since',
    rule: wholeFrom(1),
    sentence:
      'So many trainings have come to their end since the best point, and made none better than noise; see below',
  },
  { name: 'slot_hours', rule: aboveZero, sentence: 'Slots have trained so long, all together' },
  {
    name: 'hours',
    rule: aboveZero,
    sentence:
      'The sweep has run so long; what trains then is stopped. Pauses, and the time from its end to an extension, do not count',
  },
];

/** `budget: {hours: 4, no_better_since: 20, failures: {crashed: 3, out_of_memory: 10}}`. Null: none. */
export function readBudget(file: YamlSection): Budget | null {
  const section = file.has('budget') ? file.section('budget') : null;
  if (section === null) return null;
  const byClass = isMap(section.peek('failures')) ? section.section('failures') : null;
  const values = budgetFields.flatMap(({ name, rule }) => {
    const value = numberAt(section, byClass, name, rule);
    return value === null ? [] : [[name, value] as const];
  });
  byClass?.finish();
  section.finish();
  return values.length === 0 ? null : Object.fromEntries(values);
}

function numberAt(
  section: YamlSection,
  byClass: YamlSection | null,
  name: BudgetName,
  rule: NumberRule,
): number | null {
  const [field, kind] = name.split('.');
  if (kind !== undefined) return byClass?.number(kind, rule) ?? null;
  return field === 'failures' && byClass !== null ? null : section.number(name, rule);
}
