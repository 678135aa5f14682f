import { formatCount } from '../../base/format-count.ts';
import { formatDuration, formatMoment, formatSetting } from '../../metrics/values/format-value.ts';
import { formatMeasure } from '../../metrics/metrics.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { fieldHeading } from '../../sweep/training-fields.ts';
import { headingOf } from '../../tasks/task-metrics.ts';
import { configurationScores, scoreInterval } from '../comparing/configuration-scores.ts';
import { paragraph } from '../document/document.ts';
import { firstObjective } from '../comparing/first-objective.ts';
import { intervalSentence } from '../noise/format-interval.ts';
import { testTwins } from '../comparing/chosen-among.ts';
import { baselineSentence, isBaseline, judge, rankScores } from '../comparing/judgement.ts';
import { optimismSentence } from '../comparing/optimism-sentence.ts';
import { frontScores } from '../tables/pareto-report.ts';
import { shownInterval } from '../tables/score-columns.ts';
import { sweepSentences } from '../sweep-sentences.ts';
import { configurationLabels } from './configuration-label.ts';
import { savedByStopping } from '../saved-by-stopping.ts';
import { steppedTrainings } from './early-stopping-section.ts';
import { shownBest, type SweepMaterial } from './material.ts';
import type { ReportSection } from './section.ts';
import { trainingsOf } from './trainings-of.ts';

export const summarySection: ReportSection = {
  name: 'summary',
  heading: 'What was asked, and what came out',
  build(material) {
    const warnings = sweepSentences(material.snapshot).slice(1);
    return [
      ...warnings.map(paragraph),
      { kind: 'list', items: [asked(material), winner(material), dropout(material), front(material), cost(material)] },
    ];
  },
};

function asked({ snapshot }: SweepMaterial): string {
  const { definition, counts, trialCount } = snapshot;
  const axes = Object.entries(definition.space)
    .filter(([axis, values]) => values.length > 1 && axis !== 'seed')
    .map(([axis, values]) => `${fieldHeading(axis)} ${axisText(values, definition.scales?.[axis] !== undefined)}`);
  const seeds = new Set(snapshot.trials.map(({ configuration }) => configuration.seed)).size;
  const subject = traitsOf(snapshot.trainer).method
    ? `on ${definition.base} for ${definition.task.kind.replaceAll('-', ' ')}`
    : 'of a program';
  const what = axes.length === 0 ? 'one configuration' : axes.join('; ');
  return (
    `Asked: ${what}, ${subject}, ` +
    `with ${formatCount(seeds, 'seed')}: ${formatCount(counts.total, 'training')}${counts.succeeded < counts.total ? ` of which ${counts.succeeded} are done` : ''}, ${formatCount(trialCount, 'trial')}, ` +
    `launched ${formatMoment(snapshot.createdAt)}, now ${snapshot.state}.`
  );
}

function axisText(values: readonly (number | string)[], isRange: boolean): string {
  const texts = values.map((value) => formatSetting(value));
  if (isRange) return `between ${texts.join(' and ')}`;
  return texts.length > 8 ? `in ${texts.length} values from ${texts[0]} to ${texts.at(-1)}` : `in ${texts.join(', ')}`;
}

function winner({ snapshot, noise }: SweepMaterial): string {
  const objective = firstObjective(snapshot);
  const heading = headingOf(snapshot.definition, objective.metric);
  const scores = configurationScores(snapshot.trials);
  const ranked = rankScores(scores, objective);
  const [best] = ranked;
  if (best === undefined) return `Nothing has a ${heading} yet to rank by.`;
  const interval = shownInterval(best, objective.metric, noise);
  const { tied, compared } = judge(ranked, objective, shownBest, noise);
  const label = configurationLabels(snapshot)(best);
  const scored = interval === null ? '' : intervalSentence(objective.metric, interval);
  const noisy =
    compared === 0
      ? ''
      : tied.size === 1
        ? `, out of the noise of the ${compared} others that were compared`
        : `, within noise of ${tied.size - 1} of the ${compared} others that were compared`;
  const twin = testTwins(scores)(best);
  const onTest = twin === null ? null : shownInterval(twin, objective.metric, noise);
  const tested =
    onTest === null
      ? ''
      : ` Chosen on the dev rows; on the test rows it has ${intervalSentence(objective.metric, onTest)}.`;
  return `Best by ${heading}: ${label}, with ${scored} over ${formatCount(best.scored, 'seed')}${noisy}.${tested}`;
}

function dropout({ snapshot, noise }: SweepMaterial): string {
  if (!traitsOf(snapshot.trainer).method) return 'A program of its own trains: nothing is known of its dropout.';
  const objective = firstObjective(snapshot);
  const { metric } = objective;
  const heading = headingOf(snapshot.definition, metric);
  const ranked = rankScores(configurationScores(snapshot.trials), objective);
  const [best] = ranked;
  const without = ranked.find(isBaseline);
  if (best === undefined || without === undefined) return 'LoRA without dropout is not in the sweep to compare with.';
  if (best === without) return `Nothing that drops has a better ${heading} than LoRA without dropout.`;
  const { baseline, compared, untold, optimism } = judge(ranked, objective, shownBest, noise);
  const chosen = optimism === null || optimism.amount === 0 ? '' : ` ${optimismSentence(metric, optimism)}`;
  if (baseline !== null) {
    return `${baselineSentence(baseline, { ...objective, heading })}, ${formatCount(compared - untold, 'comparison')}.${chosen}`;
  }
  const [own, other] = [best, without].map((score) => scoreInterval(score, metric)?.mean ?? Number.NaN);
  const why =
    noise !== null && [best, without].every((score) => noise.knows(score, metric))
      ? 'they share too few seeds to compare them row by row'
      : 'their outputs are not there to compare row by row';
  return (
    `LoRA without dropout has ${formatMeasure(metric, other ?? Number.NaN)} where the best has ` +
    `${formatMeasure(metric, own ?? Number.NaN)}; ${why}.`
  );
}

function front({ snapshot }: SweepMaterial): string {
  const { scores, measured, rows } = frontScores(snapshot);
  if (rows.length === 0) return 'There is no front yet.';
  const names = measured.map(({ metric }) => headingOf(snapshot.definition, metric)).join(', ');
  const label = configurationLabels(snapshot);
  const [first] = rows;
  const last = rows.at(-1);
  const ends =
    first === undefined || last === undefined || first === last ? '' : `, from ${label(first)} to ${label(last)}`;
  return `The front over ${names} has ${rows.length} of ${formatCount(scores.length, 'configuration')}${ends}.`;
}

function cost(material: SweepMaterial): string {
  const { snapshot } = material;
  const { counts } = snapshot;
  const trainings = trainingsOf(snapshot);
  const seconds = trainings.reduce((sum, { trainSeconds, reused }) => sum + (reused ? 0 : (trainSeconds ?? 0)), 0);
  const failed = counts.diverged + counts.out_of_memory + counts.infeasible + counts.crashed;
  const { byScheduler, byPatience } = savedByStopping(steppedTrainings(material));
  const saved = {
    trainings: byScheduler.trainings + byPatience.trainings,
    seconds: byScheduler.seconds + byPatience.seconds,
  };
  const parts = [
    `It took ${formatDuration(1000 * seconds)} of training`,
    ...(counts.reused > 0 ? [`${formatCount(counts.reused, 'training')} of earlier sweeps reused`] : []),
    ...(saved.trainings > 0
      ? [
          `${formatCount(saved.trainings, 'training')} stopped early, which saved about ${formatDuration(1000 * saved.seconds)}`,
        ]
      : []),
    failed === 0 ? 'nothing failed' : `${failed} of ${formatCount(counts.total, 'training')} failed`,
    ...(counts.collapsed > 0
      ? [`one class for everything is predicted by ${formatCount(counts.collapsed, 'training')}`]
      : []),
  ];
  return `${parts.join('; ')}.`;
}
