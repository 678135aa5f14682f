import { readTrialSnapshot } from '../../../store/views/trials/trial-snapshot.ts';
import { meanRank } from '../../../adapters/adalora/rank-allocator.ts';
import { failureText } from '../../../base/errors.ts';
import type { Json } from '../../../base/canonical-json.ts';
import { formatMoment } from '../../../metrics/values/format-value.ts';
import {
  evaluatedNumber,
  type EvaluatedValue,
  type Measurements,
  type ReliabilityBin,
} from '../../../metrics/values/evaluation-metrics.ts';
import { formatMeasure } from '../../../metrics/metrics.ts';
import { type LearningCurve, readLearningCurve } from '../../../store/views/trials/learning-curve.ts';
import { headingOf, shownMetrics } from '../../../tasks/task-metrics.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import { sweepFacts, sweepSentences } from '../../../report/sweep-sentences.ts';
import type { SweepSnapshot, TrialRow } from '../../../store/views/sweep-snapshot.ts';
import { readDecisions } from '../../../store/search/read-search.ts';
import { readMetric, type StepValue } from '../../../store/views/step-values.ts';
import { traitsOf } from '../../../sweep/trainer-traits.ts';
import { readSweepEvents } from '../../../store/views/sweep-events.ts';
import { dropsAnything } from '../../../sweep/element-dropout.ts';
import { allocationSchedule } from '../../../train/engine/rank-allocation.ts';
import { type CliContext, outputWidth, say } from '../../cli-context.ts';
import { withRecord } from '../../../launch/open-record.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { findTrial } from '../../reading/find-trial.ts';

interface Fact {
  readonly field: string;
  readonly value: Json;
}

/** The newest events of one training. */
const eventLimit = 1_000;

export async function explain(this: CliContext, flags: FormatFlags, sweep: string, number: number): Promise<void> {
  await withRecord(async ({ store }) => {
    const snapshot = await readTrialSnapshot(store, sweep, number);
    const trial = findTrial(snapshot, number);
    const { sweepId } = snapshot;
    const events = (await readSweepEvents(store.db, { sweepId, trainingId: trial.trainingId, limit: eventLimit })).map(
      ({ at, text }) => `${formatMoment(at)}  ${text}`,
    );
    const decisions = await readDecisions(store, sweepId, trial.trainingId);
    const losses = await readMetric(store, trial.trainingId, 'loss');
    const curve = await readLearningCurve(store, snapshot.sweepId, trial.trainingId);
    const report = {
      columns: [
        {
          name: 'field',
          heading: 'field',
          align: 'left' as const,
          importance: 0,
          text: ({ field }: Fact) => headingOf(snapshot.definition, field),
          value: ({ field }: Fact) => field,
        },
        {
          name: 'value',
          heading: 'value',
          align: 'left' as const,
          importance: 0,
          text: ({ value }: Fact) => spell(value),
          value: ({ value }: Fact) => value,
        },
      ],
      rows: facts(snapshot, trial),
      facts: {
        ...sweepFacts(snapshot),
        trial: number,
        decisions,
        events,
        loss_by_step: losses.map(({ step, value }) => ({ step, loss: value })),
        evaluated_by_step: (curve?.points ?? []).map(({ step, metrics }) => ({ step, ...numbersOf(metrics) })),
      },
      before: [
        ...sweepSentences(snapshot),
        ...why(snapshot, trial),
        ...decisions.map(capitalised),
        ...lossSentence(losses),
        ...rankSentence(trial),
        ...curveLines(snapshot, curve),
      ],
      after: events.length === 0 ? [] : ['What happened to its training:', ...events.map((event) => `  ${event}`)],
    };
    say(this, renderReport(report, flags.format, outputWidth(this)));
  });
}

/** `pruned at event 12: rung 1, …` as a sentence. */
function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Of an adapter that takes ranks away: a rung may end before all that it takes are gone. */
function rankSentence({ configuration, step, totalSteps }: TrialRow): readonly string[] {
  const schedule = allocationSchedule(configuration, totalSteps);
  if (schedule === null) return [];
  const { rank } = configuration;
  const settled = totalSteps - schedule.finalSteps;
  return [
    `Mean rank of a linear: ${spell(meanRank(schedule, rank, step))} at step ${step}, ${rank} at first, ${schedule.targetRank} after step ${settled}.`,
  ];
}

function lossSentence(losses: readonly StepValue[]): readonly string[] {
  const [first] = losses;
  const last = losses.at(-1);
  if (first === undefined || last === undefined) return [];
  const at = ({ step, value }: StepValue): string => `${spell(value)} at step ${step}`;
  return [`Training loss: ${losses.length === 1 ? at(first) : `${at(first)}, ${at(last)}`}.`];
}

/** One line for each evaluation on the way, where there were any. */
function curveLines(snapshot: SweepSnapshot, curve: LearningCurve | null): readonly string[] {
  if (curve === null || curve.points.length < 2) return [];
  const { trial, points } = curve;
  const names = shownMetrics(snapshot.definition).filter((name) => points.some(({ metrics }) => name in metrics));
  return [
    `Evaluated on its way, as trial ${trial} is at the end:`,
    ...points.map(({ step, metrics }) => {
      const texts = names.map((name) => {
        const value = evaluatedNumber(metrics, name);
        return `${headingOf(snapshot.definition, name)} ${value === null ? 'none' : formatMeasure(name, value)}`;
      });
      return `  step ${step}: ${texts.join(', ')}`;
    }),
  ];
}

/** The numbers alone, for programs. */
function numbersOf(metrics: Measurements): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value] as const] : [])),
  );
}

/** Six digits are enough to read; JSON has them all. */
function spell(value: Json): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function why({ trainer }: SweepSnapshot, trial: TrialRow): readonly string[] {
  const { state, failure, reused, metrics, configuration } = trial;
  const sentences = [`Trial ${trial.trial}: ${state.replaceAll('_', ' ')}, step ${trial.step} of ${trial.totalSteps}.`];
  if (failure !== null) sentences.push(`It failed: ${failureText(failure)}`);
  if (reused) sentences.push('Its training was there already, from another sweep: it was not trained again.');
  if (metrics?.collapsed === true) sentences.push('COLLAPSED: it predicts one class for every row.');
  if (!traitsOf(trainer).method) return sentences;
  if (!dropsAnything(configuration))
    sentences.push('Without dropout N, M and λ have no effect: points that differ in them alone are this trial.');
  else if (configuration.dropout_rate === 0)
    sentences.push('At p = 0 λ has no effect: points that differ in it alone are this trial.');
  return sentences;
}

/** Details that are a number for each class are facts too. */
function evaluatedFacts([name, value]: readonly [string, EvaluatedValue | undefined]): readonly Fact[] {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return [{ field: name, value }];
  if (value === undefined || isBins(value)) return [];
  return Object.entries(value).map(([of, number]): Fact => ({ field: `${name}.${of}`, value: number }));
}

function isBins(value: object): value is readonly ReliabilityBin[] {
  return Array.isArray(value);
}

function facts(snapshot: SweepSnapshot, trial: TrialRow): readonly Fact[] {
  const { metrics } = trial;
  const { method } = traitsOf(snapshot.trainer);
  const scored = metrics === null ? [] : Object.entries(metrics).flatMap(evaluatedFacts);
  return [
    ...Object.entries(trial.configuration).map(([field, value]) => ({ field, value })),
    ...(method
      ? Object.entries(trial.evaluation).map(([name, value]) => ({ field: `evaluation.${name}`, value }))
      : []),
    ...scored,
    ...(method ? [{ field: 'complexity', value: trial.complexity }] : []),
    { field: 'train_seconds', value: trial.trainSeconds },
    ...(method ? [{ field: 'trainable_parameters', value: trial.trainableParameters }] : []),
    { field: 'claimed_segments', value: trial.claimedSegments },
    { field: 'numerics_class', value: trial.numericsClass },
    { field: 'training_hash', value: trial.trainingHash },
    { field: 'trainer', value: snapshot.trainer },
  ];
}
