import { formatCount } from '../../base/format-count.ts';
import { DropsweepError } from '../../base/errors.ts';
import { metricNamed } from '../../metrics/metrics.ts';
import { setOfMetric } from '../../metrics/set-metric.ts';
import { parseConstraint } from '../../sweep/constraint.ts';
import { sweepHash } from '../../sweep/identity.ts';
import { KindCounter } from '../../sweep/training-kinds.ts';
import type { ResolvedInputs, SweepDefinition, SweepPlan } from '../../sweep/sweep-definition.ts';
import { furtherObjectives } from '../fold/heard-objectives.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { brokenConstraint, configurationAt, planTraining } from './plan-trainings.ts';
import { enqueuedPoints } from '../space/enqueued-points.ts';
import { brokenFor, whyOutside } from '../space/inside-space.ts';
import { PointClasses } from '../space/point-classes.ts';
import { PointTrainings } from './point-trainings.ts';
import { searchedAxes } from '../space/repeats.ts';
import { makeSampler } from '../samplers/samplers.ts';
import { makeScheduler } from '../schedulers/schedulers.ts';
import { SearchState, searchNeeds } from '../fold/search-state.ts';
import { drawPoint } from '../space/draw-new-point.ts';
import { spaceAxes } from '../space/space-axes.ts';
import type { NumberedPoints } from '../space/numbered-points.ts';
import { stagedPoints } from '../space/staged-points.ts';

/** Points of a search: 100,000 trainings are recorded in a minute. */
const mostPoints = 200_000;
/** A training that is none, long enough for every rung to have its own: which rungs an ordinal has. */
const rungScale = { steps: 1_000_000_000, epochs: 1_000_000 };
/** Points that are looked at for why none can be trained. */
const pointsTried = 1_000;

/** Points of a search, each repeat with another seed counted. */
function searchSize(definition: SweepDefinition): number {
  const sampler = makeSampler(definition);
  if (sampler.independent) return sampler.size;
  return sampler.trials * Math.max(1, searchedAxes(spaceAxes(definition)).seeds.length);
}

/**
 * Counts a search's points before anything is made of them, and sees whether it hears of its first objective.
 * @throws DropsweepError SWEEP_FILE_INVALID
 */
export function demandSearch(definition: SweepDefinition): void {
  demandObjectives(definition);
  demandSeeds(definition);
  demandEnqueued(definition);
  const size = searchSize(definition);
  if (size <= mostPoints) return;
  const counted = 'trials' in definition.search ? 'search.trials, times the values of seed' : 'space';
  throw new DropsweepError('SWEEP_FILE_INVALID', 'the search has more points than a sweep can hold', {
    where: counted,
    got: formatCount(size, 'point'),
    expected: `at most ${mostPoints}`,
    fix: 'give axes fewer values, or draw from them: search: {kind: random, trials: <number>}',
  });
}

/** Objectives that a search decides by are those that an evaluation has. */
function demandObjectives(definition: SweepDefinition): void {
  if (!searchNeeds(definition).listens) return;
  const [first, ...others] = definition.objectives;
  const measured = ({ metric }: Objective): boolean =>
    metricNamed(metric)?.ofTrial === undefined && setOfMetric(metric) === null;
  if (first !== undefined && !measured(first)) {
    throw new DropsweepError('SWEEP_FILE_INVALID', 'the search cannot decide by its first objective', {
      where: 'objectives[0]',
      got: first.metric,
      expected: 'a metric that is measured on the dev rows, such as accuracy or loss',
      fix: `name another first, for instance objectives: [accuracy, ${first.metric}], or use search: grid and scheduler: none`,
    });
  }
  const unheard = furtherObjectives(definition).find((objective) => !measured(objective));
  if (unheard === undefined) return;
  throw new DropsweepError('SWEEP_FILE_INVALID', 'the search cannot decide by one of its objectives', {
    where: `objectives[${1 + others.indexOf(unheard)}]`,
    got: unheard.metric,
    expected: 'metrics that are measured on the dev rows, such as accuracy, ece or loss, where it decides by all',
    fix: 'leave it out, or let the search decide by the first objective alone',
  });
}

/** A scheduler that decides over seeds needs some to decide over. */
function demandSeeds(definition: SweepDefinition): void {
  const { repeats } = makeScheduler(definition.scheduler);
  const { seeds } = searchedAxes(spaceAxes(definition));
  const overSeeds = (definition.constraints ?? []).find(namesSeed);
  if (overSeeds !== undefined && seeds.length > 0 && searchNeeds(definition).searching) {
    throw new DropsweepError('SWEEP_FILE_INVALID', 'a constraint would leave out some seeds of a point', {
      where: 'constraints',
      got: overSeeds,
      expected: `constraints between other fields: ${definition.search.kind} trains every point with every seed`,
      fix: 'leave seed out of it, or use search: grid',
    });
  }
  if (repeats === undefined || seeds.length >= repeats.least) return;
  throw new DropsweepError('SWEEP_FILE_INVALID', `scheduler ${definition.scheduler.kind} has too few seeds`, {
    where: 'space.seed',
    got: seeds.length === 0 ? 'no list of seeds' : `${seeds.length} of them`,
    expected: `at least ${repeats.least}`,
    fix: 'give space.seed more values, or use another scheduler',
  });
}

function namesSeed(text: string): boolean {
  const constraint = parseConstraint(text);
  return typeof constraint !== 'string' && constraint.names.includes('seed');
}

/**
 * Points that are enqueued can be tried: one that breaks a constraint would be left out without a word. Where points
 * follow from results they are of the space, too; others may have what no axis has, of a trial that was edited.
 */
function demandEnqueued(definition: SweepDefinition): void {
  const { searching } = searchNeeds(definition);
  enqueuedPoints(definition.search).forEach((point, index) => {
    const broken = brokenFor(definition, point);
    const why = broken === null ? (searching ? whyOutside(definition, point) : null) : `it breaks ${broken}`;
    if (why === null) return;
    throw new DropsweepError('SWEEP_FILE_INVALID', 'a point of enqueue is none of the search', {
      where: `search.enqueue[${index}]`,
      got: why,
      expected: 'a point of the space that fulfils the constraints',
      fix: 'change it, or leave it out',
    });
  });
}

/**
 * The trainings and evaluations that a search suggests at once, each once, in the order of the points that first ask
 * for them: all of them, or of a search that adapts those that it begins with. Pure.
 * @param former sweep files that it was extended from, the oldest first
 * @throws DropsweepError SWEEP_FILE_INVALID when a training has fewer steps than rungs, or leaves no step for allocating ranks
 */
export function planSweep(
  definition: SweepDefinition,
  inputs: ResolvedInputs,
  former: readonly SweepDefinition[] = [],
): SweepPlan {
  demandSearch(definition);
  const sampler = makeSampler(definition);
  const common = { definition, canonical_hash: sweepHash(definition, inputs), inputs };
  if (sampler.independent)
    return { ...common, ...planPoints(definition, inputs, stagedPoints([...former, definition])) };
  const trainings = SearchState.firstTrainings(definition, inputs);
  if (trainings.length === 0) throw whyNone(definition, inputs);
  const trials = trainings.reduce((sum, { evaluations }) => sum + evaluations.length, 0);
  return { ...common, trainings, merged_points: 0, trials, adaptive_trainings: searchSize(definition) };
}

/**
 * Looks at every point once, without making its training: which of them are trained, in which order, and of what kinds
 * they are. A training is made of each kind and rung, so that what cannot be trained is found now.
 */
function planPoints(definition: SweepDefinition, inputs: ResolvedInputs, points: NumberedPoints) {
  const planner = { definition, inputs, scheduler: makeScheduler(definition.scheduler) };
  const classes = new PointClasses(definition);
  const counter = new KindCounter();
  const seen = new Set<string>();
  const known = new Map<string, { readonly kind: { count: number }; readonly trials: number }>();
  const numbers: number[] = [];
  let trials = 0;
  let leftOut = 0;
  for (let number = 0; number < points.size; number += 1) {
    const point = points.at(number);
    const { of, key } = classes.of(point);
    if (seen.has(key)) continue;
    if (of.isLeftOut) {
      leftOut += 1;
      continue;
    }
    const ordinal = numbers.length;
    const rungs = `${of.number}/${planner.scheduler.rungSteps(rungScale, ordinal).join()}`;
    let alike = known.get(rungs);
    if (alike === undefined) {
      const training = planTraining(planner, configurationAt(definition, point), ordinal);
      alike = { kind: counter.kindOf(training), trials: training.evaluations.length };
      known.set(rungs, alike);
    }
    alike.kind.count += 1;
    trials += alike.trials;
    seen.add(key);
    numbers.push(number);
  }
  if (numbers.length === 0) throw noPoints(definition);
  return {
    trainings: new PointTrainings(planner, points, numbers, { kinds: counter.kinds }),
    merged_points: (points.size - leftOut) * definition.evaluations.length - trials,
    trials,
    ...(leftOut === 0 ? {} : { left_out_points: leftOut / repeatsOf(definition) }),
  };
}

/** Seeds of a point that constraints leave out with all of them; 1 where one may leave out some. */
function repeatsOf(definition: SweepDefinition): number {
  const { constraints = [] } = definition;
  return constraints.some(namesSeed) ? 1 : Math.max(1, searchedAxes(spaceAxes(definition)).seeds.length);
}

/** Why a search that adapts found no point: of those that constraints allow, what keeps one from being trained. */
function whyNone(definition: SweepDefinition, inputs: ResolvedInputs): DropsweepError {
  const planner = { definition, inputs, scheduler: makeScheduler(definition.scheduler) };
  const axes = spaceAxes(definition);
  for (let number = 0; number < pointsTried; number += 1) {
    try {
      const configuration = configurationAt(definition, drawPoint(axes, 0, number));
      if (brokenConstraint(definition, configuration) === null) planTraining(planner, configuration, 0);
    } catch (error) {
      if (error instanceof DropsweepError) return error;
      throw error;
    }
  }
  return noPoints(definition);
}

function noPoints(definition: SweepDefinition): DropsweepError {
  return new DropsweepError('SWEEP_FILE_INVALID', 'no point of the space can be trained', {
    where: definition.constraints === undefined ? 'space' : 'constraints',
    got: definition.constraints?.join('; ') ?? 'no point',
    expected: 'at least one point of the space that fulfils all of them',
  });
}
