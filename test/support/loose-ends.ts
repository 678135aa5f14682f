/** What nothing may be once all sweeps have ended: claimed, half-attempted, or undone under a success; a sentence a row. */
export const looseEndsQuery = `
  select 'segment ' || id || ' is still claimed' as what from segments where status = 'claimed'
  union all select 'attempt at ' || segment_id || ' is still open' from attempts where ended_at is null
  union all select 'training ' || t.id || ' is active, and no sweep wants it' from trainings t
    where t.state = 'active' and not exists (select 1 from sweep_trainings l where l.training_id = t.id and l.open)
  union all select 'segment ' || s.id || ' of a succeeded training is ' || s.status
    from segments s join trainings t on t.id = s.training_id where t.state = 'succeeded' and s.status <> 'done'
  union all select 'evaluation ' || e.id || ' of a succeeded training is ' || e.status
    from evaluations e join trainings t on t.id = e.training_id where t.state = 'succeeded' and e.status <> 'done'`;
