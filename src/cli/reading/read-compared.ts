import type { ConfigurationScore } from '../../report/comparing/configuration-scores.ts';
import type { ComparedSweep } from '../../report/comparing/compare-sweeps.ts';
import { firstObjective } from '../../report/comparing/first-objective.ts';
import { methodScores } from '../../report/comparing/method-scores.ts';
import { Noise } from '../../report/noise/noise.ts';
import type { Store } from '../../store/database/open-store.ts';
import { readSweepProvenance } from '../../store/views/sweep-list.ts';
import type { RowScores } from '../../evaluate/row-scores.ts';
import { readWholeSweep } from './read-report.ts';
import { readRowScores } from './read-row-scores.ts';

/** Sweeps to compare, their trials renumbered so that no two of different sweeps share a number, and their noise. */
export async function readCompared(
  store: Store,
  names: readonly string[],
): Promise<{ readonly sweeps: readonly ComparedSweep[]; readonly noise: Noise | null }> {
  const sweeps: ComparedSweep[] = [];
  const found = new Map<number, RowScores>();
  let before = 0;
  for (const name of names) {
    const snapshot = await readWholeSweep(store, name);
    const methods = methodScores(snapshot, firstObjective(snapshot));
    const shown = methods.flatMap(({ chosen, reported }): readonly ConfigurationScore[] => [chosen, reported]);
    const trials = [...new Set(shown.flatMap((score) => score.trials))];
    const offset = before;
    for (const [trial, scores] of await readRowScores(store, snapshot, trials)) found.set(trial + offset, scores);
    const renumbered = snapshot.trials.map((trial) => ({ ...trial, trial: trial.trial + offset }));
    sweeps.push({
      snapshot: { ...snapshot, trials: renumbered },
      provenance: await readSweepProvenance(store, name),
    });
    before += snapshot.trialCount;
  }
  return { sweeps, noise: found.size === 0 ? null : new Noise(found) };
}
