import { aboveZero, wholeFrom } from './number-rules.ts';
import type { NumberRule, YamlSection } from './yaml-section.ts';

/** When a search ends before its last training: see src/search/fold/budget.ts. Absent: never. */
export type Budget = Readonly<Partial<Record<BudgetName, number>>>;
export type BudgetName = 'trainings' | 'failures' | 'target' | 'no_better_since' | 'slot_hours' | 'hours';

interface BudgetField {
  readonly name: BudgetName;
  readonly rule: NumberRule;
  /** When the search ends, for the reference; without its full stop. */
  readonly sentence: string;
}

const anyNumber: NumberRule = { expected: 'a number', whole: false, accepts: Number.isFinite };

export const budgetFields: readonly BudgetField[] = [
  { name: 'trainings', rule: wholeFrom(1), sentence: 'So many trainings have come to their end' },
  { name: 'failures', rule: wholeFrom(1), sentence: 'So many trainings have failed' },
  { name: 'target', rule: anyNumber, sentence: 'A training has reached this value of the first objective' },
  {
    name: 'no_better_since',
    rule: wholeFrom(1),
    sentence: 'So many trainings have come to their end since the best one',
  },
  { name: 'slot_hours', rule: aboveZero, sentence: 'Slots have trained so long, all together' },
  { name: 'hours', rule: aboveZero, sentence: 'So long after the launch; what trains then is stopped' },
];

/** `budget: {hours: 4, no_better_since: 20}`. Null: none. */
export function readBudget(file: YamlSection): Budget | null {
  const section = file.has('budget') ? file.section('budget') : null;
  if (section === null) return null;
  const values = budgetFields.flatMap(({ name, rule }) => {
    const value = section.number(name, rule);
    return value === null ? [] : [[name, value] as const];
  });
  section.finish();
  return values.length === 0 ? null : Object.fromEntries(values);
}
