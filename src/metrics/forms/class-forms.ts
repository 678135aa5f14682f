import { type ChoiceScores, choiceScores } from './choice-scores.ts';
import { type Computation, computedFrom, computedFromMembers, type MembersComputation } from '../metric.ts';
import type { EvaluatedValue } from '../values/evaluation-metrics.ts';
import { type ClassScores, classScores, type ScoredSet } from './scored-set.ts';

/** Every form of predictions with one class of several for each row: a metric of probabilities is of all of them. */
const classForms = [classScores, choiceScores] as const;

export function computedFromClasses<Value extends EvaluatedValue>(
  compute: (content: ClassScores) => Value,
): readonly Computation<Value>[] {
  return classForms.map((form) => computedFrom<ClassScores, Value>(form, compute));
}

export function computedFromMembersOfClasses(
  compute: (members: readonly ClassScores[]) => number | null,
): readonly MembersComputation[] {
  return classForms.map((form) => computedFromMembers<ClassScores>(form, compute));
}

/** The classes of a set; null where its rows have none of one each. */
export function classesIn(set: ScoredSet): ClassScores | null {
  return classScores.read(set) ?? choiceScores.read(set);
}

/** The set of some classes, such as those of some of a set's rows, in the form that they were read from. */
export function setOfClasses(content: ClassScores): ScoredSet {
  return isOfChoices(content) ? choiceScores.set(content) : classScores.set(content);
}

function isOfChoices(content: ClassScores): content is ChoiceScores {
  return content.subjects !== undefined && content.choices !== undefined;
}
