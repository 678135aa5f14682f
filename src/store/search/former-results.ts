import { sql } from 'kysely';
import { DropsweepError } from '../../base/errors.ts';
import { furtherObjectives } from '../../search/fold/heard-objectives.ts';
import type { FormerResult } from '../../search/fold/learned-facts.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { sweepNotFound } from '../commands.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';

/**
 * Results of the trainings of finished sweeps, in the order of their names and ordinals, by the objectives that a new
 * search decides by. Each is that of the sweep's own first evaluation.
 * @throws SWEEP_NOT_FOUND
 * @throws SWEEP_FILE_INVALID where one still runs, or was judged by another objective
 */
export async function formerResults(
  tx: DatabaseTransaction,
  definition: SweepDefinition,
  names: readonly string[],
): Promise<readonly FormerResult[]> {
  const objectives = [...definition.objectives.slice(0, 1), ...furtherObjectives(definition)];
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
    const { rows } = await sql<{ configuration: FormerResult['configuration']; values: readonly (number | null)[] }>`
      select t.specification -> 'configuration' as configuration,
        array(select (e.metrics ->> o.name)::double precision
          from unnest(${objectives.map(({ metric }) => metric)}::text[]) with ordinality o (name, place)
          order by o.place) as values
      from sweep_trainings l join trainings t on t.id = l.training_id join lateral (
        select f.metrics from sweep_evaluations w join evaluations f on f.id = w.evaluation_id
        where w.sweep_id = l.sweep_id and f.training_id = t.id and f.status = 'done' order by w.trial limit 1) e on true
      where l.sweep_id = ${sweep.id} and t.state = 'succeeded' order by l.ordinal`.execute(tx);
    for (const { configuration, values } of rows) {
      const signed = objectives.map(
        ({ direction }, place) => (direction === 'minimize' ? -1 : 1) * (values[place] ?? Number.NaN),
      );
      results.push({ configuration, values: signed });
    }
  }
  return results;
}

function unfit(name: string, got: string, expected: string): DropsweepError {
  return new DropsweepError('SWEEP_FILE_INVALID', `the search cannot learn from ${name}`, {
    where: 'search.learn_from',
    got,
    expected,
    fix: 'wait for its end, or leave it out',
  });
}
