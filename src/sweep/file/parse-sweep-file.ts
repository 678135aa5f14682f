import { basename, dirname } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { isOnnxFile } from '../../base/model-place.ts';
import { keepingMetrics } from '../../metrics/metrics.ts';
import { glueTasks } from '../glue-tasks.ts';
import type { Keep } from '../fields/run-fields.ts';
import { readBudget } from './read-budget.ts';
import { readConstraints } from './read-conditions.ts';
import { readEnqueue } from './read-enqueue.ts';
import { readLearnFrom } from './read-learn-from.ts';
import { readEvaluation } from './read-evaluation.ts';
import { readEvaluationSets } from './read-evaluation-sets.ts';
import { readName } from './read-name.ts';
import { isProgramSweep, readProgramSweep } from './read-program-sweep.ts';
import { readRunning } from './read-running.ts';
import { checkEpochs, readInitAdapter } from './read-init-adapter.ts';
import { readObjectives, readScheduler, readSearch, readTrainer } from './read-search.ts';
import { readSpace } from './read-space.ts';
import { expandRecipe } from './expand-recipe.ts';
import { absolute, type FileLookup } from './file-lookup.ts';
import { hubPattern } from './hub-pattern.ts';
import { readTask } from './read-task.ts';
import { readTraining } from './read-training.ts';
import type { SearchSections } from './search-section.ts';
import type { Recipe } from './recipe.ts';
import type { SweepDefinition } from '../sweep-definition.ts';
import type { TaskSection } from './task-section.ts';
import { didYouMean, type SweepFileProblem, sweepFileInvalid } from './sweep-file-problems.ts';
import { trainingFields } from '../training-fields.ts';
import { YamlReading, YamlSection } from './yaml-section.ts';

/**
 * Reads a sweep file: every problem at once, each with its line and column. Touches nothing; asks `lookup` which
 * files are there.
 * @param file what the file is called in messages
 * @param tasks every kind of task that a file may name
 * @param kinds every kind of sampler and scheduler that it may
 * @param recipes every recipe that it may start from
 * @throws DropsweepError SWEEP_FILE_INVALID
 */
export function parseSweepFile(
  text: string,
  file: string,
  lookup: Omit<FileLookup, 'folder'>,
  tasks: readonly TaskSection[],
  kinds: SearchSections,
  recipes: readonly Recipe[] = [],
): SweepDefinition {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = syntaxProblems(document, lines);
  if (syntax.length > 0) throw sweepFileInvalid(basename(file), syntax);
  if (!isMap(document.contents)) {
    const empty = {
      line: 1,
      column: 1,
      field: '',
      text: 'the file is no mapping; it needs name, base, task and space',
    };
    throw sweepFileInvalid(basename(file), [empty]);
  }
  const reading = new YamlReading(document, lines);
  const { file: expanded, recipe } = expandRecipe(reading, document, document.contents, recipes);
  const section = new YamlSection(reading, expanded, '');
  section.field('recipe');
  const places = { ...lookup, folder: dirname(file) };
  const definition = isProgramSweep(section)
    ? readProgramSweep(section, places, kinds)
    : readDefinition(section, places, tasks, kinds);
  section.finish();
  if (definition === null || reading.problems.length > 0) throw sweepFileInvalid(basename(file), reading.problems);
  return recipe === null ? definition : { ...definition, recipe };
}

function syntaxProblems(document: Document, lines: LineCounter): readonly SweepFileProblem[] {
  return document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { line, column: col, field: '', text: `not YAML: ${error.message}` };
  });
}

function readDefinition(
  file: YamlSection,
  lookup: FileLookup,
  tasks: readonly TaskSection[],
  { samplers, schedulers }: SearchSections,
): SweepDefinition | null {
  const name = readName(file);
  const base = readBase(file, lookup);
  const initAdapter = readInitAdapter(file, lookup);
  const task = readTask(file, lookup, tasks);
  const judged = judgedBy(task, tasks);
  const search = readSearch(file, samplers);
  const reading = readSpace(file, samplers.find(({ kind }) => kind === search.kind)?.ranges === true);
  const { space, scales, axes, ensembleSizes } = reading;
  const enqueue = readEnqueue(file, reading);
  const learnFrom = readLearnFrom(
    file,
    samplers.find(({ kind }) => kind === search.kind),
  );
  const { keep, ...written } = readTraining(
    file,
    Object.keys(space).filter((axis) => axes[axis]?.when === undefined),
  );
  const training = keep === 'last' ? written : { ...written, keep };
  const { evaluations, every, sets } = readEvaluation(file, ensembleSizes, judged, (section) => {
    if (task !== null) return readEvaluationSets(section, { task, tasks, lookup });
    // Against a task that has a problem of its own no set can be read.
    section.field('sets');
    return [];
  });
  const scheduler = readScheduler(file, schedulers);
  const constraints = readConstraints(file);
  const budget = readBudget(file);
  const sectionOf = (kind: string) => tasks.find((each) => each.kind === kind);
  const objectives = readObjectives(
    file,
    judged,
    sets.map(({ name: set, task: { kind } }) => ({ name: set, form: sectionOf(kind)?.form ?? '' })),
  );
  const { parallelism, priority, device } = readRunning(file);
  const trainer = readTrainer(file);
  checkTestSplit(file, task, evaluations, tasks);
  checkExclusions(file);
  checkEpochs(file, initAdapter);
  checkKeeping(file, keep, tasks.find(({ kind }) => kind === task?.kind)?.form ?? null);
  checkAdapterFields(file, new Set<unknown>(space['adapter'] ?? [training.adapter]));
  if (name === null || base === null || task === null) return null;
  return {
    name,
    base,
    ...(initAdapter === null ? {} : { init_adapter: initAdapter }),
    task,
    space,
    ...(Object.keys(scales).length === 0 ? {} : { scales }),
    ...(Object.keys(axes).length === 0 ? {} : { axes }),
    ...(constraints.length === 0 ? {} : { constraints }),
    training,
    evaluations,
    ...(sets.length === 0 ? {} : { sets }),
    ...(every === null ? {} : { evaluate_every: every }),
    search: {
      ...search,
      ...(enqueue.length === 0 ? {} : { enqueue }),
      ...(learnFrom.length === 0 ? {} : { learn_from: learnFrom }),
    },
    scheduler,
    ...(budget === null ? {} : { budget }),
    objectives,
    parallelism,
    priority,
    ...(device === 'auto' ? {} : { device }),
    ...trainer,
  };
}

/** The kind of task, with the objectives that its rows are usually judged by. */
function judgedBy(task: SweepDefinition['task'] | null, tasks: readonly TaskSection[]): TaskSection | undefined {
  const section = tasks.find(({ kind }) => kind === task?.kind);
  const objectives = task?.data.kind === 'glue' ? glueTasks[task.data.task].objectives : undefined;
  return section === undefined || objectives === undefined ? section : { ...section, objectives };
}

/** A hub id, or a folder or ONNX file where it begins with `./`, `../` or `/`. */
function readBase(file: YamlSection, lookup: FileLookup): string | null {
  const base = file.text('base');
  if (!file.has('base'))
    file.missing('base', 'a model: a hub id such as sentence-transformers/all-MiniLM-L6-v2, ./folder or ./model.onnx');
  const field = base === null ? null : file.field('base');
  if (base === null || field === null) return null;
  if (/^(\.{1,2}\/|\/)/.test(base)) {
    const place = absolute(base, lookup);
    const [kind, isThere] = isOnnxFile(place)
      ? (['file', lookup.isFile(place)] as const)
      : (['folder', lookup.isFolder(place)] as const);
    if (!isThere) file.reading.report(field.node, field.name, `there is no ${kind} ${place}`);
    return place;
  }
  if (!hubPattern.test(base))
    file.wrong(field, 'a hub id such as sentence-transformers/all-MiniLM-L6-v2, ./folder or ./model.onnx');
  return base;
}

/** Reports settings that two fields give, wherever they stand. */
function checkExclusions(file: YamlSection): void {
  const sections = [file.section('training'), file.section('space')].filter((section) => section !== null);
  for (const { name, excludes = [] } of trainingFields) {
    const field = sections.map((section) => section.field(name)).find((found) => found !== null);
    const other = excludes.find((known) => sections.some((section) => section.has(known)));
    if (field !== undefined && other !== undefined)
      file.reading.report(field.node, field.name, `says in another way what ${other} says; keep one`);
  }
}

/** Reports how the best step is found where none is kept, and a metric that the predictions are not scored by. */
function checkKeeping(file: YamlSection, keep: Keep, form: string | null): void {
  const section = file.section('training');
  for (const name of ['keep_by', 'keep_every', 'patience']) {
    const field = keep === 'last' ? (section?.field(name) ?? null) : null;
    if (field !== null) file.reading.report(field.node, field.name, 'is for keep: best_on_dev only');
  }
  const trainer = file.field('trainer');
  if (keep !== 'last' && trainer !== null && isScalar(trainer.node) && trainer.node.value === 'simulated')
    file.reading.report(trainer.node, trainer.name, 'has no steps to choose from; leave out training.keep');
  const by = keep === 'last' ? null : (section?.field('keep_by') ?? null);
  const known = keepingMetrics(form).map(({ name }) => name);
  const name = by !== null && isScalar(by.node) ? String(by.node.value) : null;
  if (by !== null && name !== null && !known.includes(name))
    file.wrong(by, `one of ${known.join(', ')}`, didYouMean(name, known));
}

/** A field that none of the sweep's adapters has is a mistake, wherever it stands. */
function checkAdapterFields(file: YamlSection, adapters: ReadonlySet<unknown>): void {
  for (const section of [file.section('training'), file.section('space')]) {
    for (const { name, alias, adapters: owners } of trainingFields) {
      const known = owners === null || owners.some((kind) => adapters.has(kind));
      const field = known || owners === null ? null : (section?.field(name, alias) ?? null);
      if (field !== null) file.reading.report(field.node, field.name, `is for adapter: ${owners?.join(' or ')} only`);
    }
  }
}

function checkTestSplit(
  file: YamlSection,
  task: SweepDefinition['task'] | null,
  evaluations: SweepDefinition['evaluations'],
  tasks: readonly TaskSection[],
): void {
  if (task === null || !evaluations.some(({ split }) => split === 'test')) return;
  const place = file.section('evaluation')?.node ?? file.node;
  const report = (text: string): void => file.reading.report(place, 'evaluation.split', text);
  if (task.data.kind === 'glue') {
    if (task.data.test === undefined)
      report('GLUE’s test labels are not public; use dev, or name rows in task.data.test');
  } else if (task.data.kind === 'package' && task.test_rows === undefined) report('test needs task.test_rows');
  else if ('test' in task.data ? false : task.data.kind === 'files' || task.data.kind === 'hub')
    report('test needs task.data.test');
  const only = tasks.find(({ kind }) => kind === task.kind)?.devAlone?.(task) ?? null;
  if (only !== null) report(`${only}; use dev alone`);
}
