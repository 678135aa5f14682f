import { stream } from '../../random/stream.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { searchedAxes } from '../space/repeats.ts';
import { makeScheduler } from '../schedulers/schedulers.ts';
import { spaceAxes } from '../space/space-axes.ts';

/** The share of its trainings' steps that a sweep is expected to take, where its scheduler ends some early. */
export interface StepShare {
  readonly low: number;
  readonly mean: number;
  readonly high: number;
}

/** Trainings that are played, at most: shares of more are the same. */
const playedAtMost = 600;
const plays = 8;

/**
 * The scheduler itself, played with trainings of which nothing is known: each has a quality drawn at random, reports it
 * with some noise at every rung, and whoever is free takes the next that may go on. Null: it never ends any.
 * @param trainings of the sweep
 * @param totalSteps of each
 */
export function earlyStoppingShare(
  definition: Pick<SweepDefinition, 'scheduler' | 'space' | 'scales' | 'axes' | 'program' | 'parallelism'>,
  trainings: number,
  totalSteps: number,
): StepShare | null {
  const scheduler = makeScheduler(definition.scheduler);
  // Of a race, and of a scheduler that decides by several objectives, nothing is known without results.
  const isPlayed = scheduler.decides && scheduler.repeats === undefined && scheduler.allObjectives !== true;
  if (!isPlayed || trainings < 1) return null;
  const count = Math.min(trainings, playedAtMost);
  const seeds = Math.max(1, searchedAxes(spaceAxes(definition)).seeds.length);
  const shares = Array.from({ length: plays }, (_, play) =>
    playShare({ ...definition, count, totalSteps, seeds, play }),
  );
  const mean = shares.reduce((sum, share) => sum + share, 0) / plays;
  return { low: Math.min(...shares), mean, high: Math.max(...shares) };
}

interface Play {
  readonly scheduler: SweepDefinition['scheduler'];
  readonly parallelism: number;
  readonly count: number;
  readonly totalSteps: number;
  readonly seeds: number;
  readonly play: number;
}

interface Running {
  readonly ordinal: number;
  readonly rung: number;
  readonly endsAt: number;
}

/** How much noise a rung's report has, of the spread of qualities. */
const reportNoise = 0.3;

function playShare({ scheduler: settings, parallelism, count, totalSteps, seeds, play }: Play): number {
  const scheduler = makeScheduler(settings);
  const fold = scheduler.open(seeds);
  const rungs = Array.from({ length: count }, (_, ordinal) => scheduler.rungSteps(totalSteps, ordinal));
  const quality = stream(play, 'played_quality').uniforms(count);
  const ready = Array.from({ length: count }, (_, ordinal) => ({ ordinal, rung: 0 }));
  const running: Running[] = [];
  let taken = 0;
  const decided = (decisions: ReturnType<typeof fold.planned>): void => {
    for (const { ordinal, rung, kind } of decisions) if (kind === 'promote') ready.unshift({ ordinal, rung: rung + 1 });
  };
  decided(fold.planned(count));
  for (let now = 0; ; ) {
    while (running.length < parallelism) {
      const next = ready.shift();
      if (next === undefined) break;
      const steps = rungs[next.ordinal] ?? [];
      const length = (steps[next.rung] ?? 0) - (steps[next.rung - 1] ?? 0);
      taken += length;
      running.push({ ...next, endsAt: now + length });
    }
    running.sort((a, b) => a.endsAt - b.endsAt || a.ordinal - b.ordinal);
    const ended = running.shift();
    if (ended === undefined) return taken / (count * totalSteps);
    now = ended.endsAt;
    const isLast = ended.rung >= (rungs[ended.ordinal]?.length ?? 0) - 1;
    const noise = stream(play, 'played_report', ended.ordinal, ended.rung).uniforms(1)[0] ?? 0;
    const value = (quality[ended.ordinal] ?? 0) + reportNoise * noise;
    if (!isLast) decided(fold.report(ended.ordinal, ended.rung, value));
  }
}
