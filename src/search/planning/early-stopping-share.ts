import { stream } from '../../random/stream.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { seedCount } from '../fold/opening-facts.ts';
import type { RungDecision, TrainingLength } from '../scheduler.ts';
import { makeScheduler } from '../schedulers/schedulers.ts';
import type { SearchSpace } from '../space/space-axes.ts';

/** The share of its trainings' steps that a sweep is expected to take, where its scheduler ends some early. */
export interface StepShare {
  readonly low: number;
  readonly mean: number;
  readonly high: number;
  /** What ends early has never begun: its evaluations are spared as well. */
  readonly ofTrainings: boolean;
}

/** Trainings that are played, at most: shares of more are the same. */
const playedAtMost = 600;
const plays = 8;

/**
 * The scheduler itself, played with points of which nothing is known: each has a quality drawn at random for every
 * objective, its trainings report it with some noise at every rung and at their end, and whoever is free takes the next that
 * may go on. Rows that results are paired on are not played: a race is told apart by seeds alone. Null: it never ends any.
 * @param trainings of the sweep
 * @param length of each
 */
export function earlyStoppingShare(
  definition: SearchSpace & Play['definition'],
  trainings: number,
  length: TrainingLength,
): StepShare | null {
  const scheduler = makeScheduler(definition.scheduler);
  if (!scheduler.decides || trainings < 1 || length.steps < 1) return null;
  const seeds = seedCount(definition);
  const count = seeds * Math.max(1, Math.round(Math.min(trainings, playedAtMost) / seeds));
  const shares = Array.from({ length: plays }, (_, play) => playShare({ definition, count, length, seeds, play }));
  const mean = shares.reduce((sum, share) => sum + share, 0) / plays;
  const ofTrainings = scheduler.rungCount(0) === 1;
  return { low: Math.min(...shares), mean, high: Math.max(...shares), ofTrainings };
}

interface Play {
  readonly definition: Pick<SweepDefinition, 'scheduler' | 'parallelism' | 'objectives'>;
  readonly count: number;
  readonly length: TrainingLength;
  readonly seeds: number;
  readonly play: number;
}

interface Running {
  readonly ordinal: number;
  readonly rung: number;
  readonly endsAt: number;
}

/** How much noise a report has, of the spread of qualities. */
const reportNoise = 0.3;

function playShare({ definition, count, length, seeds, play }: Play): number {
  const { parallelism } = definition;
  const scheduler = makeScheduler(definition.scheduler);
  const fold = scheduler.open(seeds);
  const heldFrom = scheduler.repeats?.heldFrom ?? Number.POSITIVE_INFINITY;
  const ordinals = Array.from({ length: count }, (_, ordinal) => ordinal);
  const rungs = ordinals.map((ordinal) => scheduler.rungSteps(length, ordinal));
  const scores = playedScores({ play, seeds, count, objectives: definition.objectives.length });
  const ready = ordinals.filter((ordinal) => ordinal % seeds < heldFrom).map((ordinal) => ({ ordinal, rung: 0 }));
  const running: Running[] = [];
  let taken = 0;
  const decided = (decisions: readonly RungDecision[] = []): void => {
    for (const { ordinal, rung, kind } of decisions) if (kind === 'promote') ready.unshift({ ordinal, rung: rung + 1 });
  };
  decided(fold.also?.({ kind: 'capacity', ordinal: 0, rung: 0, value: parallelism }));
  decided(fold.planned(count));
  if (scheduler.repeats !== undefined)
    for (const ordinal of ordinals) {
      const seed = ordinal % seeds;
      decided(fold.also?.({ kind: 'repeat', ordinal, rung: 0, value: ordinal - seed, further: [seed] }));
    }
  for (let now = 0; ; ) {
    while (running.length < parallelism) {
      const next = ready.shift();
      if (next === undefined) break;
      const steps = rungs[next.ordinal] ?? [];
      const more = (steps[next.rung] ?? 0) - (steps[next.rung - 1] ?? 0);
      taken += more;
      running.push({ ...next, endsAt: now + more });
    }
    running.sort((a, b) => a.endsAt - b.endsAt || a.ordinal - b.ordinal);
    const ended = running.shift();
    if (ended === undefined) return taken / (count * length.steps);
    now = ended.endsAt;
    const { ordinal, rung } = ended;
    const isLast = rung >= (rungs[ordinal]?.length ?? 0) - 1;
    const [value = 0, ...further] = scores(ordinal, rung);
    if (isLast) decided(fold.also?.({ kind: 'result', ordinal, rung, value }));
    else decided(fold.report(ordinal, rung, value, further));
  }
}

/** What a training reports at a rung, of each objective: the quality of its point with the noise of its own. */
function playedScores(of: { play: number; seeds: number; count: number; objectives: number }) {
  const { play, seeds, count } = of;
  const names = Array.from({ length: Math.max(1, of.objectives) }, (_, place) => (place === 0 ? [] : [place]));
  const qualities = names.map((name) => stream(play, 'played_quality', ...name).uniforms(Math.ceil(count / seeds)));
  return (ordinal: number, rung: number): readonly number[] =>
    qualities.map((quality, place) => {
      const noise = stream(play, 'played_report', ordinal, rung, ...(names[place] ?? [])).uniforms(1)[0] ?? 0;
      return (quality[Math.floor(ordinal / seeds)] ?? 0) + reportNoise * noise;
    });
}
