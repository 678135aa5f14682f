import { isScalar } from 'yaml';
import type { TaskField } from '../sweep/file/task-section.ts';
import type { Field, YamlSection } from '../sweep/file/yaml-section.ts';

export const labelsField: TaskField = {
  name: 'labels',
  expected: 'a list of names',
  sentence:
    'The names of the classes in the order of the logits; default: those of the train rows, sorted, numbers as numbers. Data whose every label is a number from 0 on has places in this list, as GLUE and the hub have, unless a name is a number itself',
};

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
