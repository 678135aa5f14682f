import { isMap, isScalar } from 'yaml';
import { aboveZero } from './number-rules.ts';
import type { Field, YamlSection } from './yaml-section.ts';

/** `labels: [ham, spam]`, in the order of the logits; null where the field is absent. */
export function readLabels(section: YamlSection): readonly string[] | null {
  const field = section.field('labels');
  if (field === null) return null;
  const labels = section.list(field, (item) => readLabel(section, item));
  if (labels.length === 1) section.reading.report(field.node, field.name, 'one label is none to tell apart; give two');
  return labels;
}

/** Files name classes 0 and 1, or true and false, as often as by words: such a label is the text that stands there. */
function readLabel(section: YamlSection, item: Field): string | null {
  if (isScalar(item.node) && ['number', 'boolean'].includes(typeof item.node.value))
    return item.node.source ?? String(item.node.value);
  return section.textOf(item);
}

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
