import { isScalar } from 'yaml';
import type { Metric } from '../../metrics/metric.ts';
import { metricsOfSet, rankingMetrics } from '../../metrics/metrics.ts';
import { didYouMean } from './sweep-file-problems.ts';
import type { KindSection, SamplerSection } from './search-section.ts';
import type { SchedulerDefinition, SearchDefinition } from '../sweep-definition.ts';
import type { TaskSection } from './task-section.ts';
import { atLeastZero, rate, wholeFrom } from './number-rules.ts';
import type { Objective, SimulationSettings, TrainerKind } from '../vocabulary.ts';
import type { Field, YamlSection } from './yaml-section.ts';

/** `search: grid`, or `search: {kind: random, trials: 20, seed: 0}`. */
export function readSearch(file: YamlSection, samplers: readonly SamplerSection[]): SearchDefinition {
  // What it enqueues is read once the space is known.
  return readKind(file, 'search', samplers, ['enqueue', 'learn_from']);
}

/** `scheduler: none`, or `scheduler: {kind: halving, rungs: [0.25, 0.5], keep: 0.5}`. */
export function readScheduler(file: YamlSection, schedulers: readonly KindSection[]): SchedulerDefinition {
  return readKind(file, 'scheduler', schedulers);
}

/** A kind's name alone where that is enough, or a mapping of its kind and its own fields; absent: the first kind. */
function readKind(
  file: YamlSection,
  name: string,
  sections: readonly KindSection[],
  common: readonly string[] = [],
): SearchDefinition {
  const fallback = { kind: sections[0]?.kind ?? '' };
  const kinds = sections.map(({ kind }) => kind);
  const field = file.field(name);
  if (field === null) return fallback;
  if (isScalar(field.node)) {
    const found = sections.find(({ kind }) => kind === file.choiceOf(field, kinds));
    if (found?.example === null) return { kind: found.kind };
    if (found !== undefined) file.wrong(field, found.example);
    return fallback;
  }
  const section = file.section(name);
  if (section === null) return fallback;
  if (!section.has('kind')) section.missing('kind', `one of ${kinds.join(', ')}`);
  const kind = section.choice('kind', kinds);
  const found = sections.find((each) => each.kind === kind);
  // Of a kind that is not known nothing is: its fields are passed over.
  if (found === undefined) return fallback;
  for (const field of common.filter((each) => section.has(each))) section.field(field);
  const settings = found.read(section);
  section.finish();
  return { kind: found.kind, ...settings };
}

/**
 * `objectives: [accuracy, ece]`: names alone, since each has its direction.
 * @param task whose metrics there are, and whose objectives a file has that names none
 * @param sets further sets, and the forms of predictions on them
 */
export function readObjectives(
  file: YamlSection,
  task: TaskSection | undefined,
  sets: readonly { readonly name: string; readonly form: string }[],
): readonly Objective[] {
  const field = file.field('objectives');
  const ofSets = sets.flatMap(({ name, form }) => metricsOfSet(name, form));
  const known = [...rankingMetrics(task?.form ?? null), ...ofSets];
  const names =
    field === null ? (task?.objectives ?? []) : file.list(field, (item) => readObjective(file, item, known));
  return names.flatMap((name) => known.filter((metric) => metric.name === name).map(asObjective));
}

/** A metric, ranked the way that is better. */
export function asObjective({ name, direction }: Metric): Objective {
  return { metric: name, direction };
}

function readObjective(file: YamlSection, item: Field, metrics: readonly Metric[]): string | null {
  const name = isScalar(item.node) ? String(item.node.value) : '';
  const known = metrics.map((metric) => metric.name);
  if (known.includes(name)) return name;
  const isElsewhere = rankingMetrics(null).some((metric) => metric.name === name);
  file.wrong(
    item,
    `one of ${known.join(', ')}`,
    isElsewhere ? ', which the task’s predictions have' : didYouMean(name, known),
  );
  return null;
}

export interface TrainerReading {
  readonly trainer: TrainerKind;
  readonly simulation?: SimulationSettings;
}

/** `trainer: simulated` with a `simulation` section is for load and fault tests; its name shows in every output. */
export function readTrainer(file: YamlSection): TrainerReading {
  const trainer = file.choice('trainer', ['onnx', 'simulated']) ?? 'onnx';
  const section = file.section('simulation');
  if (section === null) return trainer === 'onnx' ? { trainer } : { trainer, simulation: simulationDefaults };
  if (trainer === 'onnx') section.reading.report(section.node, section.path, 'is for trainer: simulated only');
  const simulation = {
    step_ms: section.number('step_ms', atLeastZero) ?? simulationDefaults.step_ms,
    failure_rate: section.number('failure_rate', rate) ?? simulationDefaults.failure_rate,
    crash_rate: section.number('crash_rate', rate) ?? simulationDefaults.crash_rate,
    steps: section.number('steps', wholeFrom(1)) ?? simulationDefaults.steps,
  };
  section.finish();
  return { trainer, simulation };
}

const simulationDefaults: SimulationSettings = { step_ms: 10, failure_rate: 0, crash_rate: 0, steps: 100 };
