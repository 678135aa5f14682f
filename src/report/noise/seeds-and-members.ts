import { canonicalJson } from '../../base/canonical-json.ts';
import type { StoredScores } from '../../evaluate/row-scores.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { stream } from '../../random/stream.ts';
import { type ConfigurationScore, configurationScores } from '../comparing/configuration-scores.ts';
import { rankScores } from '../comparing/judgement.ts';
import { withinRange } from '../../metrics/parts/within-range.ts';
import { firstObjective } from '../comparing/first-objective.ts';

/** Draws of members for each size of an ensemble. */
const drawsPerSize = 40;

/** Of fewer members there is nothing to draw. */
const fewestMembers = 3;

/**
 * The configuration with the most members among those that differ in M alone from the best that has so many; null where
 * none has enough to draw from.
 */
export function mostMembers(snapshot: SweepSnapshot): ConfigurationScore | null {
  const ranked = rankScores(configurationScores(snapshot.trials), firstObjective(snapshot));
  const many = ranked.filter(({ evaluation }) => evaluation.ensemble_size >= fewestMembers);
  const [best] = many;
  if (best === undefined) return null;
  const family = many.filter((score) => besidesSize(score) === besidesSize(best));
  return family.toSorted((a, b) => b.evaluation.ensemble_size - a.evaluation.ensemble_size)[0] ?? null;
}

function besidesSize({ training, evaluation }: ConfigurationScore): string {
  const { seed: _, ...configuration } = training;
  const { ensemble_size: _size, ...rest } = evaluation;
  return canonicalJson({ configuration, rest });
}

/** Score of an ensemble of so many of one training's members. */
export interface SizePoint {
  readonly members: number;
  /** Mean over draws of the members. */
  readonly mean: number;
  /** Where 95 % of other draws of masks would lie; null where all members are taken. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * A metric by ensemble size, from one training's stored members: for each size the mean over draws of so many of them
 * without replacement. Draws from a few members share most of them as the size nears their number; their spread is
 * widened by √((K − 1)/(K − m)), which is exact for a mean over members.
 */
export function membersCurve(scores: StoredScores, metric: string): readonly SizePoint[] {
  return [...membersCurvePoints(scores, metric)].filter((point) => point !== null);
}

/**
 * The same, one size after another, with null after each draw: whoever has something else to do meanwhile does it there.
 * The task says what an ensemble of some members predicts, and how it is scored.
 */
export function* membersCurvePoints(scores: StoredScores, metric: string): Generator<SizePoint | null> {
  const count = scores.members.length;
  for (let size = 1; size <= count; size += 1) {
    const values: number[] = [];
    for (const draw of drawsOf(count, size)) {
      const members = draw.flatMap((member) => scores.members[member] ?? []);
      const value = scores.withMembers(members).whole(metric);
      if (value !== null) values.push(value);
      yield null;
    }
    if (values.length === 0) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    if (size === count || values.length < 2) yield { members: size, mean, lower: null, upper: null };
    else {
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      const half = 1.96 * Math.sqrt((variance * (count - 1)) / (count - size));
      yield { members: size, ...withinRange(metric, { mean, lower: mean - half, upper: mean + half }) };
    }
  }
}

/** Choices of members: each alone, all at once, or random ones. */
function drawsOf(count: number, size: number): readonly (readonly number[])[] {
  const members = Array.from({ length: count }, (_, member) => member);
  if (size === 1) return members.map((member) => [member]);
  if (size === count) return [members];
  return Array.from({ length: drawsPerSize }, (_, draw) =>
    Array.from(stream(0, 'report.members', count, size, draw).permutation(count).slice(0, size)).sort((a, b) => a - b),
  );
}

/** One ensemble of all members of all seeds; null where some seed's outputs are not there. */
export function ensembleOverSeeds(
  { trials }: ConfigurationScore,
  outputs: ReadonlyMap<number, StoredScores>,
): StoredScores | null {
  const scored = trials.filter(({ metrics }) => metrics !== null);
  const found = scored.flatMap(({ trial }) => outputs.get(trial) ?? []);
  const [first] = found;
  if (first === undefined || found.length < scored.length || found.length < 2) return null;
  if (found.some(({ rows }) => rows !== first.rows)) return null;
  return first.withMembers(found.flatMap(({ members }) => members));
}
