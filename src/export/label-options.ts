/** What transformers' config.json says of the labels. @param names in the order of the logits; none: a regression */
export function labelOptions(names: readonly string[]): Readonly<Record<string, unknown>> {
  if (names.length === 0) {
    return { problem_type: 'regression', id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } };
  }
  return {
    problem_type: 'single_label_classification',
    id2label: Object.fromEntries(names.map((name, label) => [label, name])),
    label2id: Object.fromEntries(names.map((name, label) => [name, label])),
  };
}
