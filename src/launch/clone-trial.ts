import { DropsweepError } from '../base/errors.ts';
import { brokenConstraint, configurationAt } from '../search/planning/plan-trainings.ts';
import { planSweep } from '../search/planning/plan-sweep.ts';
import { searchNeeds } from '../search/fold/search-state.ts';
import { createSweep } from '../store/plans/create-sweep.ts';
import type { Store } from '../store/database/open-store.ts';
import {
  readRecordedSweep,
  readTrialConfiguration,
  type RecordedSweep,
  trialsWith,
} from '../store/views/recorded-sweep.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import { type FragmentPoint, pointWords, readTrialFragment, trialFragment } from '../sweep/file/trial-fragment.ts';
import { launchedBy } from './launched-by.ts';
import type { OpenRecord } from './open-record.ts';
import { wake } from './wake.ts';

/** A trial's settings as YAML, to be changed and given to `addClone`. @throws SWEEP_NOT_FOUND */
export async function cloneFragment(store: Store, sweep: string, trial: number): Promise<string> {
  const recorded = await readRecordedSweep(store, sweep);
  return trialFragment(
    recorded.definition,
    await configurationOfTrial(store, recorded, trial),
    `trial ${trial} of ${sweep}`,
  );
}

/**
 * Adds a point to a sweep: `enqueue` gets it, and the sweep is extended by its trainings.
 * @param fragment as `cloneFragment` gave it and somebody changed it
 * @returns what became of it, in words
 * @throws DropsweepError SWEEP_FILE_INVALID with the places, COMMAND_REFUSED
 */
export async function addClone(record: OpenRecord, sweep: string, fragment: string): Promise<string> {
  const { store } = record;
  const { id, definition, inputs } = await readRecordedSweep(store, sweep);
  const { searching } = searchNeeds(definition);
  const point = readTrialFragment(fragment, definition, searching);
  const configurations = seedsOf(definition).map((seed) => configurationAt(definition, { ...point, ...seed }));
  for (const configuration of configurations) {
    const broken = brokenConstraint(definition, configuration);
    if (broken !== null) throw refused(point, `a configuration that breaks the constraint ${broken}`);
  }
  const there = await trialsWith(store, id, configurations);
  if (there.length > 0) throw refused(point, `settings that ${trialWords(there)} has already`);
  const { search } = definition;
  const enqueue = Array.isArray(search['enqueue']) ? search['enqueue'] : [];
  const larger = { ...definition, search: { ...search, enqueue: [...enqueue, point] } };
  const plan = planSweep(larger, inputs);
  const result = await createSweep(store, {
    plan,
    datasets: [],
    launchedBy: launchedBy(),
    extend: true,
    staysPaused: true,
  });
  if (result.kind === 'conflict')
    throw refused(
      point,
      'a scheduler whose rungs follow from the order of the points, so that none can be put between',
    );
  await wake(record, id);
  const added = await trialsWith(store, id, configurations);
  return added.length === 0
    ? `${pointWords(point)}: the search tries it next`
    : `${trialWords(added)} added: ${pointWords(point)}`;
}

function seedsOf({ space }: SweepDefinition): readonly Readonly<Record<string, number | string>>[] {
  const seeds = space['seed'];
  return seeds === undefined ? [{}] : seeds.map((seed) => ({ seed }));
}

async function configurationOfTrial(store: Store, { id, definition }: RecordedSweep, trial: number) {
  const configuration = await readTrialConfiguration(store, id, trial);
  if (configuration !== null) return configuration;
  throw new DropsweepError('COMMAND_REFUSED', `${definition.name} has no trial ${trial}`, {
    fix: `run \`dropsweep pareto ${definition.name}\` or the dashboard for the trials that there are`,
  });
}

function refused(point: FragmentPoint, got: string): DropsweepError {
  return new DropsweepError('COMMAND_REFUSED', 'the point is not added', {
    where: pointWords(point),
    got,
    expected: 'a point that the sweep does not have and may have',
  });
}

function trialWords(trials: readonly number[]): string {
  const [first] = trials;
  if (trials.length === 1 || first === undefined) return `trial ${first ?? ''}`;
  const last = trials.at(-1) ?? first;
  const consecutive = last - first === trials.length - 1;
  return `trials ${consecutive ? `${first}–${last}` : trials.join(', ')}`;
}
