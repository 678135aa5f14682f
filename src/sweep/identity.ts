import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/sha256.ts';
import { canonicaliseWritten } from './canonicalise.ts';
import { saidOf } from './file/search-section.ts';
import type { ResolvedInputs, ResolvedSet, SweepDefinition } from './sweep-definition.ts';
import type {
  DatasetReference,
  EvaluationConfiguration,
  ProgramSettings,
  TrainingSpecification,
} from './vocabulary.ts';

/**
 * Identity of a training over all sweeps: everything that its tensors depend on, contents by their hashes. Where
 * things lie and what they are called is left out. The batch plan is a function of rows, tokeniser and configuration,
 * so it is covered.
 * @param specification with a canonical configuration
 */
export function trainingHash(specification: TrainingSpecification): string {
  const { trainer, trainer_version, configuration, base, task, train, total_steps } = specification;
  const { passes_over, init_adapter, base_head, selection, simulation, program } = specification;
  return sha256(
    canonicalJson({
      trainer,
      trainer_version,
      configuration: { ...configuration },
      base: base.content_hash,
      tokenizer: base.tokenizer_hash,
      task,
      train: train.hash,
      total_steps,
      passes_over,
      init_adapter: init_adapter?.hash,
      base_head,
      selection: selection === undefined ? undefined : { dev: selection.dev.hash, judging: selection.judging },
      simulation: simulation === undefined ? undefined : { ...simulation },
      program: program === undefined ? undefined : programIdentity(program),
    }),
  );
}

/** Where it runs, how long it may and what it measures are left out: they decide nothing that was trained. */
function programIdentity({ command, files, name }: ProgramSettings): Comparable {
  return { command, files, name };
}

/** Identity of an evaluation over all sweeps. @param configuration canonical */
export function evaluationHash(
  training: string,
  configuration: EvaluationConfiguration,
  dataset: DatasetReference,
): string {
  return sha256(canonicalJson({ training, configuration: { ...configuration }, dataset: dataset.hash }));
}

/**
 * The part of a sweep that may not change under its name: what is searched, how it is scored, on which contents. The
 * name, parallelism and priority are left out, and so is where data and base lie, since their contents count.
 */
export function sweepHash(definition: SweepDefinition, inputs: ResolvedInputs): string {
  return sha256(canonicalJson(comparableSweep(definition, inputs)));
}

/** Whether two sweeps are one that is written in two ways: defaults written out, sets in another order. */
export function isSameSweep(
  one: { readonly definition: SweepDefinition; readonly inputs: ResolvedInputs },
  other: { readonly definition: SweepDefinition; readonly inputs: ResolvedInputs },
): boolean {
  const [text, otherText] = [one, other].map(({ definition, inputs }) => {
    const training =
      definition.program === undefined
        ? canonicaliseWritten(definition.training, Object.keys(definition.space))
        : definition.training;
    return canonicalJson({ ...comparableSweep(definition, inputs), training: { ...training } });
  });
  return text === otherText;
}

type Comparable = { readonly [key: string]: Parameters<typeof canonicalJson>[0] | undefined };

/** The content that `sweepHash` hashes, in the words of the sweep file, for telling two sweeps' differences. */
export function comparableSweep(definition: SweepDefinition, inputs: ResolvedInputs): Comparable {
  const { space, scales, training, evaluations, search, scheduler, objectives, trainer, simulation, program } =
    definition;
  return {
    base: inputs.base.content_hash,
    tokenizer: inputs.base.tokenizer_hash,
    init_adapter: inputs.init_adapter?.hash,
    base_head: inputs.base_head,
    task: inputs.task,
    judging: definition.task.judging,
    train_rows: inputs.train.hash,
    dev_rows: inputs.dev.hash,
    test_rows: inputs.test?.hash ?? null,
    sets: inputs.sets === undefined ? undefined : comparableSets(inputs.sets),
    space: Object.fromEntries(
      Object.entries(space).map(([axis, values]) => [axis, scales?.[axis] === undefined ? sorted(values) : values]),
    ),
    scales: scales === undefined ? undefined : { ...scales },
    axes: definition.axes === undefined ? undefined : jsonOf(definition.axes),
    constraints: definition.constraints,
    budget: definition.budget === undefined ? undefined : { ...definition.budget },
    training: { ...training },
    evaluations: evaluations
      .map((request) => ({ ...request }))
      .sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)),
    evaluate_every: definition.evaluate_every,
    search: saidOf(search),
    scheduler: { ...scheduler },
    objectives: objectives.map((objective) => ({ ...objective })),
    trainer,
    simulation: simulation === undefined ? undefined : { ...simulation },
    program:
      program === undefined
        ? undefined
        : { ...programIdentity(program), steps: program.steps, metrics: { ...program.metrics } },
  };
}

/** By their names: they may stand in any order. */
function comparableSets(sets: readonly ResolvedSet[]): Comparable {
  return Object.fromEntries(
    sets.map(({ name, dataset, task, judging, max_length: maxLength }) => [
      name,
      {
        rows: dataset.hash,
        ...(task && { task }),
        ...(judging && { judging }),
        ...(maxLength && { max_length: maxLength }),
      },
    ]),
  );
}

/** Records of it are interfaces, which have no index signature. */
function jsonOf(axes: NonNullable<SweepDefinition['axes']>): Comparable {
  return Object.fromEntries(Object.entries(axes).map(([name, detail]) => [name, { ...detail }]));
}

function sorted(values: readonly (number | string)[]): readonly (number | string)[] {
  return [...values].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
  );
}
