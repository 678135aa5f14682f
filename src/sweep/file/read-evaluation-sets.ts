import type { FileLookup } from './file-lookup.ts';
import { wholeFrom } from './number-rules.ts';
import { readSetData } from './read-set-data.ts';
import type { SetDefinition, TaskDefinition } from '../sweep-definition.ts';
import type { TaskSection } from './task-section.ts';
import type { YamlSection } from './yaml-section.ts';

/** The tasks that further sets are read against: the sweep's own, and all that there are. */
export interface SetContext {
  readonly task: TaskDefinition;
  readonly tasks: readonly TaskSection[];
  readonly lookup: FileLookup;
}

/** The members of a set's mapping, for docs/sweep-file.md. */
export const setFields: readonly { readonly name: string; readonly expected: string; readonly sentence: string }[] = [
  {
    name: 'data',
    expected: '`rows`: files, or a split of `hub`, of `glue` or of the sweep’s own; `package`',
    sentence:
      'Where its rows lie, read as in `task.data`; columns, header, encoding and format are as there unless it says otherwise',
  },
  {
    name: 'task',
    expected: '`kind` and its fields',
    sentence: 'A task of its own, whose head is the sweep’s or has nothing to train; default: the sweep’s task',
  },
  {
    name: 'sample_rows',
    expected: 'a whole number of at least 1',
    sentence: 'Rows that are drawn of it; default: all',
  },
  {
    name: 'max_length',
    expected: 'a whole number of at least 1',
    sentence: 'Tokens of its inputs; default: the training’s',
  },
];

/** It begins the names of metrics, before a dot. */
const namePattern = /^[a-z][a-z0-9_]{0,31}$/;

/** `sets: {shift: {data: {rows: ./reviews.csv}}, mmlu: {task: {kind: …}, data: {rows: …}}}` of the evaluation. */
export function readEvaluationSets(evaluation: YamlSection, context: SetContext): readonly SetDefinition[] {
  const section = evaluation.section('sets');
  if (section === null) return [];
  const sets = section.keys().map((name) => {
    const set = section.section(name);
    if (namePattern.test(name)) return set === null ? null : readSet(name, set, context);
    const text = 'is no name of a set; expected a–z, 0–9 and _, beginning with a letter';
    section.reading.report(section.node, section.name(name), text);
    return null;
  });
  section.finish();
  if (sets.length === 0) section.reading.report(section.node, section.path, 'names no set; give one or take it out');
  return sets.filter((set) => set !== null);
}

function readSet(name: string, set: YamlSection, { task: sweeps, tasks, lookup }: SetContext): SetDefinition | null {
  const own = set.section('task');
  const kinds = tasks.map(({ kind }) => kind);
  const kind = own === null ? sweeps.kind : own.choice('kind', kinds);
  if (own !== null && !own.has('kind')) own.missing('kind', `one of ${kinds.join(', ')}`);
  const task = tasks.find((each) => each.kind === kind);
  const dataSection = set.section('data');
  if (!set.has('data')) set.missing('data', 'rows: a file, or a split');
  const inherited = own === null ? sweeps.data : null;
  const data = dataSection === null || task === undefined ? null : readSetData(dataSection, lookup, task, inherited);
  if (task !== undefined) dataSection?.finish();
  const fields = own === null || task === undefined ? {} : task.read(own);
  if (task !== undefined) own?.finish();
  const rows = set.number('sample_rows', wholeFrom(1));
  const maxLength = set.number('max_length', wholeFrom(1));
  set.finish();
  if (kind === null || data === null) return null;
  const { labels, settings, judging } = sweeps;
  const shared = {
    ...(labels && { labels }),
    ...(settings && { settings }),
    ...(judging && { judging }),
  };
  return {
    name,
    own_task: own !== null,
    task: {
      kind,
      data,
      ...(own === null ? shared : fields),
      ...(rows === null ? {} : { dev_rows: rows }),
      split_seed: sweeps.split_seed,
    },
    ...(maxLength === null ? {} : { max_length: maxLength }),
  };
}
