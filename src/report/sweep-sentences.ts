import type { Json } from '../base/canonical-json.ts';
import { formatCount } from '../base/format-count.ts';
import { schedulerSentence } from '../search/scheduler-sentence.ts';
import { savedByStopping } from './saved-by-stopping.ts';
import { trainingsOf } from './sections/trainings-of.ts';
import { selectionSentence } from '../sweep/selection-sentence.ts';
import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';

const simulatedWarning = 'SIMULATED: analytic curves of the trainer for load tests, not results of any model.';

/** Name, state and counts, and what nobody may overlook: a simulated trainer, mixed numerics. */
export function sweepSentences(snapshot: SweepSnapshot): readonly string[] {
  const { counts } = snapshot;
  const parts = [
    `${counts.succeeded} of ${formatCount(snapshot.planned ?? counts.total, 'training')} done`,
    ...(
      [
        'running',
        'evaluating',
        'waiting',
        'pruned',
        'diverged',
        'out_of_memory',
        'infeasible',
        'crashed',
        'cancelled',
      ] as const
    )
      .filter((state) => counts[state] > 0)
      .map((state) => `${counts[state]} ${state.replaceAll('_', ' ')}`),
    ...(counts.reused > 0 ? [`${counts.reused} reused`] : []),
    ...(snapshot.planned === undefined ? [] : [`${counts.total} recorded so far`]),
  ];
  const sentences = [`Sweep ${snapshot.name}: ${snapshot.state}; ${parts.join(', ')}.`];
  if (snapshot.trainer === 'simulated') sentences.push(simulatedWarning);
  const savedSeconds = snapshot.savedSeconds ?? savedByStopping(trainingsOf(snapshot)).byScheduler.seconds;
  const decided = schedulerSentence(snapshot.definition, { ...counts, savedSeconds });
  if (decided !== null) sentences.push(decided);
  const { halted = null } = snapshot;
  if (halted !== null)
    sentences.push(`The budget is spent: ${halted}. What ran came to its end, what waited was cancelled.`);
  const selected = selectionSentence(snapshot.definition.training);
  if (selected !== null) sentences.push(selected);
  const classes = numericsClasses(snapshot);
  if (classes.length > 1) {
    sentences.push(
      `Mixed numerics: trainings ran in ${formatCount(classes.length, 'class', 'classes')} and compare only up to rounding.`,
    );
  }
  return sentences;
}

export function sweepFacts(snapshot: SweepSnapshot): Readonly<Record<string, Json>> {
  return {
    sweep: snapshot.name,
    state: snapshot.state,
    trainer: snapshot.trainer,
    simulated: snapshot.trainer === 'simulated',
    counts: { ...snapshot.counts },
    objectives: snapshot.definition.objectives.map((objective) => ({ ...objective })),
    selected_on: snapshot.definition.training.keep === 'best_on_dev' ? 'dev' : null,
    numerics_classes: numericsClasses(snapshot),
  };
}

function numericsClasses(snapshot: SweepSnapshot): readonly string[] {
  const known = snapshot.numericsClasses ?? snapshot.trials.flatMap(({ numericsClass }) => numericsClass ?? []);
  return [...new Set(known)].sort();
}
