import { counted, type Progress } from '../../base/progress.ts';
import type { Store } from '../../store/database/open-store.ts';
import { readLearningCurve } from '../../store/views/learning-curve.ts';
import { configurationScores } from '../../report/configuration-scores.ts';
import { shownScores } from '../../report/judgement.ts';
import { methodScores } from '../../report/method-scores.ts';
import { Noise } from '../../report/noise.ts';
import { frontScores } from '../../report/pareto-report.ts';
import { curvedScores } from '../../report/sections/curves-section.ts';
import { mostMembers } from '../../report/seeds-and-members.ts';
import { shownBest, shownFront, type SweepMaterial, type TrainingCurve } from '../../report/sections/material.ts';
import { firstObjective } from '../../report/first-objective.ts';
import { readMetric, readSweepProvenance } from '../../store/views/sweep-list.ts';
import { readSweepFileText } from '../../store/views/sweep-files.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { readEffects } from '../cockpit/axis-effects-source.ts';
import { readRowScores } from './read-row-scores.ts';

/** All that a report of a sweep is made of. */
export async function readMaterial(store: Store, snapshot: SweepSnapshot, progress?: Progress): Promise<SweepMaterial> {
  const provenance = await readSweepProvenance(store, snapshot.name);
  const { shown, baseline } = shownScores(configurationScores(snapshot.trials), firstObjective(snapshot), shownBest);
  const front = frontScores(snapshot).rows.slice(0, shownFront);
  const methods = methodScores(snapshot, firstObjective(snapshot)).flatMap(({ chosen, reported }) => [
    chosen,
    reported,
  ]);
  const read = [...shown, baseline, ...front, ...methods, mostMembers(snapshot)].filter((score) => score !== null);
  // Groupings are made anew by each report: a configuration is told by its first trial.
  const wanted = new Set(read.map(({ trials: [first] }) => first?.trial));
  const scores = configurationScores(snapshot.trials).filter(({ trials: [first] }) => wanted.has(first?.trial));
  const trials = [...new Set(scores.flatMap((score) => score.trials))];
  progress?.(`reading the outputs of ${trials.length} trials of ${snapshot.name}`, null);
  const outputs = await readRowScores(store, snapshot, trials);
  return {
    snapshot,
    provenance,
    file: await readSweepFileText(store, snapshot.sweepId),
    noise: outputs.size === 0 ? null : new Noise(outputs),
    effects: await readEffects(store, snapshot, firstObjective(snapshot).metric),
    outputs,
    curves: await readCurves(store, snapshot, progress),
  };
}

async function readCurves(
  store: Store,
  snapshot: SweepSnapshot,
  progress: Progress | undefined,
): Promise<ReadonlyMap<string, TrainingCurve>> {
  const curves = new Map<string, TrainingCurve>();
  const trainings = new Set(
    curvedScores({ snapshot }).flatMap(({ trials }) => trials.map(({ trainingId }) => trainingId)),
  );
  for (const trainingId of counted([...trainings], progress, `reading curves of ${snapshot.name}`, 'trainings')) {
    const loss = await readMetric(store, trainingId, 'loss');
    const evaluated = (await readLearningCurve(store, snapshot.sweepId, trainingId))?.points ?? [];
    curves.set(trainingId, { loss, evaluated });
  }
  return curves;
}
