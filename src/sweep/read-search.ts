import { isScalar } from 'yaml';
import type { Metric } from '../metrics/metric.ts';
import { rankingMetrics } from '../metrics/metrics.ts';
import { didYouMean } from './sweep-file-problems.ts';
import type { SchedulerDefinition, SearchDefinition } from './sweep-definition.ts';
import type { TaskSection } from './task-section.ts';
import { atLeastZero, properShare, rate, wholeFrom } from './number-rules.ts';
import type { Objective, SimulationSettings, TrainerKind } from './vocabulary.ts';
import type { Field, YamlSection } from './yaml-section.ts';

/** `search: grid`, or `search: {kind: random, trials: 20, seed: 0}`. */
export function readSearch(file: YamlSection): SearchDefinition {
  const field = file.field('search');
  if (field === null || isScalar(field.node)) {
    const kind = field === null ? 'grid' : file.choiceOf(field, ['grid', 'random']);
    if (kind === 'random') file.wrong(field ?? { node: file.node, name: 'search' }, '{kind: random, trials: <number>}');
    return { kind: 'grid' };
  }
  const section = file.section('search');
  const kind = section?.choice('kind', ['grid', 'random']) ?? 'grid';
  if (section === null) return { kind: 'grid' };
  if (!section.has('kind')) section.missing('kind', 'grid or random');
  if (kind === 'grid') {
    section.finish();
    return { kind };
  }
  const trials = section.number('trials', wholeFrom(1));
  if (!section.has('trials')) section.missing('trials', 'how many points to draw');
  const seed = section.number('seed', wholeFrom(0)) ?? 0;
  section.finish();
  return { kind, trials: trials ?? 1, seed };
}

/** `scheduler: none`, or `scheduler: {kind: halving, rungs: [0.25, 0.5], keep: 0.5}`. */
export function readScheduler(file: YamlSection): SchedulerDefinition {
  const field = file.field('scheduler');
  if (field === null || isScalar(field.node)) {
    const kind = field === null ? 'none' : file.choiceOf(field, ['none', 'halving']);
    if (kind === 'halving' && field !== null) file.wrong(field, '{kind: halving, rungs: [0.25, 0.5], keep: 0.5}');
    return { kind: 'none' };
  }
  const section = file.section('scheduler');
  const kind = section?.choice('kind', ['none', 'halving']) ?? 'none';
  if (section === null) return { kind: 'none' };
  if (!section.has('kind')) section.missing('kind', 'none or halving');
  if (kind === 'none') {
    section.finish();
    return { kind };
  }
  const rungsField = section.field('rungs');
  if (!section.has('rungs')) section.missing('rungs', 'shares of the steps, for instance [0.25, 0.5]');
  const rungs = rungsField === null ? [] : section.list(rungsField, (item) => section.numberOf(item, properShare));
  if (rungsField !== null && rungs.some((rung, index) => rung < (rungs[index - 1] ?? 0)))
    section.reading.report(rungsField.node, rungsField.name, 'the shares must rise from one rung to the next');
  const keep = section.number('keep', properShare) ?? 0.5;
  section.finish();
  return { kind, rungs, keep };
}

/**
 * `objectives: [accuracy, ece]`: names alone, since each has its direction.
 * @param task whose metrics there are, and whose objectives a file has that names none
 */
export function readObjectives(file: YamlSection, task: TaskSection | undefined): readonly Objective[] {
  const field = file.field('objectives');
  const known = rankingMetrics(task?.form ?? null);
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
