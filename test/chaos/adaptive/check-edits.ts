import { sql } from 'kysely';
import type { Store } from '../../../src/store/database/open-store.ts';
import type { StartedSweep } from './sweeps-under-faults.ts';

/** Whether each change of a sweep was carried out once, and its search was told of it once. */
export async function wrongOfEdits(store: Store, { sweepId, extensions, learnFrom }: StartedSweep): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    with told as (select * from search_events where sweep_id = ${sweepId}),
      noted as (select * from sweep_events where sweep_id = ${sweepId}),
      own as (select * from sweeps where id = ${sweepId})
    select 'it was extended ' || count(*) || ' times, and asked to ' || ${extensions}::integer as what from noted
      where kind = 'extended' having count(*) <> ${extensions}
    union all select 'it has ' || jsonb_array_length(former_stages) || ' former files after ' || ${extensions}::integer from own
      where jsonb_array_length(former_stages) <> ${extensions}
    union all select 'its search was told ' || count(*) || ' times of extension ' || value from told
      where kind = 'extended' group by value having count(*) <> 1 or value not between 1 and ${extensions}
    union all select 'it was launched ' || count(*) || ' times' from noted where kind = 'launched' having count(*) <> 1
    union all select 'parallelism was set ' || count(*) || ' times by ' || (
        select count(*) from commands where sweep_id = ${sweepId} and kind = 'set_parallelism') || ' commands' from noted
      where kind = 'set_parallelism'
      having count(*) <> (select count(*) from commands where sweep_id = ${sweepId} and kind = 'set_parallelism')
    union all select 'its search was told of parallelism ' || value || ', and it is ' || desired_parallelism
      from own cross join lateral (select value from told where kind = 'capacity' order by sequence desc limit 1) last
      where value <> desired_parallelism
    union all select 'a budget was set ' || count(*) || ' times, and its search was told ' || (
        select count(*) from told where starts_with(kind, 'budget_')) || ' times' from noted
      where kind = 'set_budget' having count(*) > (select count(*) from told where starts_with(kind, 'budget_'))
    union all select 'learned result ' || ordinal || ' was told ' || count(*) || ' times' from told
      where kind = 'learned' group by ordinal having count(*) <> 1
    union all select 'it learns from ' || ${learnFrom}::text || ', and was told nothing' from told where kind = 'learned'
      having count(*) = 0 and ${learnFrom}::text is not null`.execute(store.db);
  return rows.map(({ what }) => what);
}
