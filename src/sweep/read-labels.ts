import { isScalar } from 'yaml';
import type { Field, YamlSection } from './yaml-section.ts';

/** `labels: [ham, spam]`, in the order of the logits; null where the field is absent. */
export function readLabels(section: YamlSection): readonly string[] | null {
  const field = section.field('labels');
  if (field === null) return null;
  const labels = section.list(field, (item) => readLabel(section, item));
  if (labels.length === 1) section.reading.report(field.node, field.name, 'one label is none to tell apart; give two');
  return labels;
}

/** Files name classes 0 and 1 as often as by words: a number is its text. */
function readLabel(section: YamlSection, item: Field): string | null {
  if (isScalar(item.node) && typeof item.node.value === 'number') return String(item.node.value);
  return section.textOf(item);
}
