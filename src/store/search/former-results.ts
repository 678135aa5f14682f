import { sql } from 'kysely';
import { DropsweepError } from '../../base/errors.ts';
import { turned } from '../../search/estimates/turned.ts';
import { furtherObjectives } from '../../search/fold/heard-objectives.ts';
import type { FormerResult } from '../../search/fold/learned-facts.ts';
import { type FailureKind, failureKinds } from '../../sweep/failure-kinds.ts';
import type { SpacePoint } from '../../search/sampler.ts';
import { whyOutside } from '../../search/space/inside-space.ts';
import { searchedAxes } from '../../search/space/repeats.ts';
import { activePoint, type SpaceAxis, spaceAxes } from '../../search/space/space-axes.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { sweepNotFound } from '../commands.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';

interface FormerRow {
  readonly configuration: FormerResult['configuration'];
  readonly values: readonly (number | null)[];
  /** Null: it has succeeded. */
  readonly failure: FailureKind | null;
}

/**
 * Results and failures of the trainings of finished sweeps that are points of a new search's space, in the order of their
 * names and ordinals, by the objectives that it decides by. Each result is that of the sweep's own first evaluation.
 * @throws SWEEP_NOT_FOUND
 * @throws SWEEP_FILE_INVALID where one still runs, or was judged by another objective
 */
export async function formerResults(
  tx: DatabaseTransaction,
  definition: SweepDefinition,
  names: readonly string[],
): Promise<readonly FormerResult[]> {
  const objectives = [...definition.objectives.slice(0, 1), ...furtherObjectives(definition)];
  const axes = searchedAxes(spaceAxes(definition)).drawn;
  const results: FormerResult[] = [];
  for (const name of names) {
    const sweep = await tx
      .selectFrom('sweeps')
      .select(['id', 'state', 'definition'])
      .where('name', '=', name)
      .executeTakeFirst();
    if (sweep === undefined) throw await sweepNotFound(tx, name);
    if (sweep.state !== 'completed' && sweep.state !== 'cancelled')
      throw unfit(name, sweep.state, 'sweeps that have ended');
    const known = sweep.definition.objectives.map(({ metric }) => metric);
    const missing = objectives.find(({ metric }) => !known.includes(metric));
    if (missing !== undefined) throw unfit(name, `judged by ${known.join(', ')}`, `sweeps judged by ${missing.metric}`);
    const { rows } = await sql<FormerRow>`
      select t.specification -> 'configuration' as configuration,
        array(select (e.metrics ->> o.name)::double precision
          from unnest(${objectives.map(({ metric }) => metric)}::text[]) with ordinality o (name, place)
          order by o.place) as values, nullif(t.state, 'succeeded') as failure
      from sweep_trainings l join trainings t on t.id = l.training_id left join lateral (
        select f.metrics from sweep_evaluations w join evaluations f on f.id = w.evaluation_id
        where w.sweep_id = l.sweep_id and f.training_id = t.id and f.status = 'done' order by w.trial limit 1) e on true
      where l.sweep_id = ${sweep.id} and (t.state::text = any(${[...failureKinds]}::text[]) or (t.state = 'succeeded' and e.metrics is not null))
      order by l.ordinal`.execute(tx);
    for (const { configuration, values, failure } of rows) {
      if (whyOutside(definition, pointOf(axes, configuration)) !== null) continue;
      const signed = objectives.map((objective, place) => turned(values[place] ?? Number.NaN, objective));
      results.push(failure === null ? { configuration, values: signed } : { configuration, failure });
    }
  }
  return results;
}

/** The values that a configuration has of the axes that are there for it. */
function pointOf(axes: readonly SpaceAxis[], configuration: FormerResult['configuration']): SpacePoint {
  const values = axes.flatMap(({ name }): readonly (readonly [string, number | string])[] => {
    const value = configuration[name];
    return typeof value === 'number' || typeof value === 'string' ? [[name, value]] : [];
  });
  return activePoint(axes, Object.fromEntries(values));
}

function unfit(name: string, got: string, expected: string): DropsweepError {
  return new DropsweepError('SWEEP_FILE_INVALID', `the search cannot learn from ${name}`, {
    where: 'search.learn_from',
    got,
    expected,
    fix: 'wait for its end, or leave it out',
  });
}
