import { formatCount } from '../../base/format-count.ts';
import { counted, type Progress } from '../../base/progress.ts';
import type { Store } from '../../store/database/open-store.ts';
import { readLearningCurve } from '../../store/views/trials/learning-curve.ts';
import { withTestTwins } from '../../report/comparing/chosen-among.ts';
import { configurationScores, type RankedScore } from '../../report/comparing/configuration-scores.ts';
import { rankScores, shownScores } from '../../report/comparing/judgement.ts';
import { methodScores } from '../../report/comparing/method-scores.ts';
import { Noise } from '../../report/noise/noise.ts';
import { frontScores } from '../../report/tables/pareto-report.ts';
import { curvedScores } from '../../report/sections/curves-section.ts';
import { mostMembers } from '../../report/noise/seeds-and-members.ts';
import { shownBest, shownFront, type SweepMaterial, type TrainingCurve } from '../../report/sections/material.ts';
import { firstObjective } from '../../report/comparing/first-objective.ts';
import { readMetric } from '../../store/views/step-values.ts';
import { readSweepProvenance } from '../../store/views/sweep-list.ts';
import { readSweepFileText } from '../../store/views/sweep-files.ts';
import { readTrainedOn } from '../../store/views/trained-on.ts';
import { readStoppedEarly } from '../../store/views/stopped-early.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { readEffects } from './read-effects.ts';
import { readChosen } from './read-noise.ts';
import { readRowScores } from './read-row-scores.ts';
import { knownRows, rowsOf, type RowValues } from './read-row-values.ts';

/** All that a report of a sweep is made of. */
export async function readMaterial(store: Store, snapshot: SweepSnapshot, progress?: Progress): Promise<SweepMaterial> {
  const provenance = await readSweepProvenance(store, snapshot.name);
  const objective = firstObjective(snapshot);
  const all = configurationScores(snapshot.trials);
  const { shown, baseline } = shownScores(all, objective, shownBest);
  const front = frontScores(snapshot).rows.slice(0, shownFront);
  const methods = methodScores(snapshot, objective).flatMap(({ chosen, reported }) => [chosen, reported]);
  const chosen = [...shown, baseline, ...front, ...methods, mostMembers(snapshot)].filter((score) => score !== null);
  // Groupings are made anew by each report: a configuration is told by its first trial.
  const wanted = new Set(withTestTwins<RankedScore>(chosen, all).map(({ trials: [first] }) => first?.trial));
  const scores = all.filter(({ trials: [first] }) => wanted.has(first?.trial));
  const trials = [...new Set(scores.flatMap((score) => score.trials))];
  progress?.(`reading the outputs of ${formatCount(trials.length, 'trial')} of ${snapshot.name}`, null);
  const outputs = await readRowScores(store, snapshot, trials);
  const { metric } = objective;
  const rows: RowValues = new Map([...outputs].map(([trial, stored]) => [trial, rowsOf(stored, metric)]));
  const effects = await readEffects(store, snapshot, metric, rows);
  await readChosen(store, snapshot, { ranked: rankScores(all, objective), metric }, rows);
  return {
    snapshot,
    provenance,
    trainedOn: await readTrainedOn(store, snapshot.sweepId),
    file: await readSweepFileText(store, snapshot.sweepId),
    noise: outputs.size === 0 ? null : new Noise(new Map([...knownRows(rows), ...outputs])),
    effects,
    stoppedEarly: await readStoppedEarly(store, snapshot.sweepId),
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
