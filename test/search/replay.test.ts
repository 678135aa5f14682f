import { describe, expect, it } from 'vitest';
import { replaySearch } from '../../src/search/fold/replay.ts';
import { isDecision, type LoggedEvent } from '../../src/search/fold/search-event.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { planSweep } from '../support/whole-plan.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { definitionWritten } from './every-kind.ts';
import { playSearch } from './play-search.ts';

/*
 * A log from which one decision is gone, wherever that is: its replay says which, and where it should have stood.
 */

const inputs = resolvedInputs({ train: { hash: 'd'.repeat(64), rows: 3_200 } });
const space = 'space: {dropout_rate: [0, 0.2, 0.4, 0.6], rank: [4, 8], seed: [1, 2, 3]}';
const value = ({ dropout_rate: p, rank, seed }: TrainingConfiguration, rung: number): number =>
  1 - (p - 0.3) ** 2 - rank / 200 + ((seed * 37) % 11) / 500 + rung / 100;

function played(...written: readonly string[]) {
  const definition = definitionWritten(space, ...written);
  const plan = planSweep(definition, inputs);
  const planned = plan.adaptive_trainings === undefined ? plan.trainings : [];
  const { log } = playSearch(definition, inputs, value, [0][Symbol.iterator](), planned);
  return { stages: [{ definition, inputs }], log };
}

describe.each([
  ['asynchronous halving', ['scheduler: {kind: asha, rungs: [0.25, 0.5], keep: 0.5}']],
  ['a race', ['scheduler: {kind: racing}']],
  ['tpe', ['search: {kind: tpe, trials: 6, startup: 3}']],
  ['a budget', ['budget: {trainings: 5}']],
])('the replay of %s', (_, written) => {
  const { stages, log } = played(...written);
  const decisions = log.filter(({ event }) => isDecision(event));

  it('finds nothing where nothing is missing', () => {
    expect(decisions.length).toBeGreaterThan(0);
    expect(replaySearch(stages, log).differences).toEqual([]);
  });

  it('names each decision that is missing, before the fact that came without it or at the end', () => {
    for (const gone of decisions) {
      const rest = log.filter((each) => each !== gone);
      const later = log.slice(log.indexOf(gone) + 1);
      const next = later.find(({ event }) => !isDecision(event));
      const { differences } = replaySearch(stages, rest);
      const missing = differences.find(({ recorded }) => recorded === null);
      // Of several at once the next one stands where it should, until it is its turn again.
      const isAlone = later[0] === undefined || later[0] === next;
      expect(differences.length).toBeGreaterThan(0);
      if (isAlone) expect(missing?.sequence).toBe(next?.sequence ?? null);
      if (isAlone) expect(differences).toHaveLength(1);
    }
  });

  it('finds one that was recorded later than it was due', () => {
    const place = log.findIndex(
      ({ event }, at) =>
        isDecision(event) &&
        log[at + 1] !== undefined &&
        !isDecision(at + 1 < log.length ? (log[at + 1] as LoggedEvent).event : event),
    );
    if (place < 0) return;
    const [late, fact] = [log[place], log[place + 1]];
    if (late === undefined || fact === undefined) return;
    const swapped = [...log.slice(0, place), fact, late, ...log.slice(place + 2)];
    expect(replaySearch(stages, swapped).differences.slice(0, 2)).toMatchObject([
      { sequence: fact.sequence, recorded: null },
      { sequence: late.sequence, follows: null },
    ]);
  });

  it('takes what a cancelled sweep left undecided for what it is', () => {
    const last = log.findLastIndex(({ event }) => isDecision(event));
    const cut = log.slice(0, last);
    const due = cut.length > 0 && cut.every(({ event }) => !isDecision(event));
    expect(replaySearch(stages, cut, null, 'now').differences).toEqual([]);
    if (!due) expect(replaySearch(stages, cut).differences.length).toBeGreaterThan(0);
  });
});
