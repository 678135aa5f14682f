import { isMap } from 'yaml';
import { aboveZero } from '../../sweep/file/number-rules.ts';
import type { TaskField } from '../../sweep/file/task-section.ts';
import type { YamlSection } from '../../sweep/file/yaml-section.ts';

export const classWeightsField: TaskField = {
  name: 'class_weights',
  expected: 'balanced, or numbers above 0 by the name of a class',
  sentence:
    'What a row of a class counts in the training loss: balanced, rows / (classes × rows of the class); by name, the others 1. The loss stays a mean over rows',
};

/** `balanced`, or weights by the name of a class. */
type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

const balancing = ['balanced'] as const;

/** `class_weights: balanced`, or `{spam: 3, ham: 1}`; null where the field is absent. */
export function readClassWeights(section: YamlSection): ClassWeights | null {
  const field = section.field('class_weights');
  if (field === null) return null;
  if (!isMap(field.node)) return section.choiceOf(field, balancing);
  const weights = section.section('class_weights')?.named() ?? [];
  return Object.fromEntries(
    weights.flatMap(({ key, ...own }) => {
      const weight = section.numberOf(own, aboveZero);
      return weight === null ? [] : [[key, weight] as const];
    }),
  );
}
