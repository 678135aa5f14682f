import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import type { NoiseInterval, RepeatGroup, ViewSource } from '../../dashboard/reading/view-source.ts';
import type { RowScores } from '../../evaluate/row-scores.ts';
import { Noise } from '../../report/noise/noise.ts';
import type { Store } from '../../store/database/open-store.ts';
import { readTrainer } from '../../store/views/sweep-reader.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import type { TrainerKind } from '../../sweep/vocabulary.ts';
import { readRowScores } from './read-row-scores.ts';

/** Intervals that are kept: those of a few screens. */
const knownAtMost = 1_000;
/** Trials whose outputs are read at once, and held for the next metric. */
const heldAtMost = 64;

type Found = NoiseInterval | null;
type Held = Map<string, RowScores | null>;

/** What intervals are worked out from. */
export interface OutputReader {
  trainer(sweepId: string): Promise<TrainerKind>;
  scores(
    sweep: { readonly sweepId: string; readonly trainer: TrainerKind },
    trials: readonly number[],
  ): Promise<ReadonlyMap<number, RowScores>>;
}

/** The outputs that a record keeps. */
export function storedOutputs(store: Store): OutputReader {
  return {
    trainer: (sweepId) => readTrainer(store, sweepId),
    scores: (sweep, trials) =>
      readRowScores(
        store,
        sweep,
        trials.map((trial) => ({ trial, metrics: {} })),
      ),
  };
}

/**
 * Intervals of configurations' means over seeds and rows, by the noise model of reports; each is worked out once for its
 * result. Whoever looks goes on looking meanwhile.
 */
export function noiseIntervals(reader: OutputReader): ViewSource['intervals'] {
  const known = new Map<string, Found>();
  const held: Held = new Map();
  const trainers = new Map<string, Promise<TrainerKind>>();
  const trainerOf = (sweepId: string): Promise<TrainerKind> => {
    const reading = trainers.get(sweepId) ?? reader.trainer(sweepId);
    trainers.set(sweepId, reading);
    reading.catch(() => trainers.delete(sweepId));
    return reading;
  };
  return async (sweepId, groups, metric, which) => {
    const keyOf = ({ trials, mean }: RepeatGroup): string => JSON.stringify([sweepId, metric, trials, mean]);
    // Of another trainer than ours there are no outputs, whatever its results.
    if (which === 'all' && !traitsOf(await trainerOf(sweepId)).base) return groups.map(() => null);
    const fresh =
      which === 'known' ? [] : groups.filter((group) => group.trials.length > 0 && !known.has(keyOf(group)));
    for (const some of inParts(fresh)) {
      await hold(
        reader,
        { sweepId, trainer: await trainerOf(sweepId) },
        some.flatMap(({ trials }) => trials),
        held,
      );
      for (const group of some) {
        keep(known, keyOf(group), intervalOf(sweepId, group, metric, held), knownAtMost);
        await turnOfEventLoop();
      }
    }
    return groups.map((group) => known.get(keyOf(group)) ?? null);
  };
}

/** Null where the outputs of some trial are not here, or they do not give the mean that is shown. */
function intervalOf(sweepId: string, { trials, mean }: RepeatGroup, metric: string, held: Held): Found {
  const scores = new Map<number, RowScores>();
  for (const trial of trials) {
    const own = held.get(`${sweepId} ${trial}`) ?? null;
    if (own === null) return null;
    scores.set(trial, own);
  }
  const found = new Noise(scores).interval({ trials: trials.map((trial) => ({ trial })) }, metric);
  if (found === null || Math.abs(found.estimate - mean) > 1e-6 * (1 + Math.abs(mean))) return null;
  const { lower, upper } = found;
  if (lower === null || upper === null) return null;
  return { lower, upper, over: found.seeds > 1 ? 'seeds and rows' : 'rows' };
}

/** As many groups at a time as have their trials' outputs in memory at once, one at least. */
function inParts(groups: readonly RepeatGroup[]): readonly (readonly RepeatGroup[])[] {
  const parts: RepeatGroup[][] = [];
  let trials = 0;
  for (const group of groups) {
    trials += group.trials.length;
    const last = parts.at(-1);
    if (last === undefined || trials > heldAtMost) {
      parts.push([group]);
      trials = group.trials.length;
    } else last.push(group);
  }
  return parts;
}

async function hold(
  reader: OutputReader,
  sweep: { readonly sweepId: string; readonly trainer: TrainerKind },
  trials: readonly number[],
  held: Held,
): Promise<void> {
  const { sweepId } = sweep;
  const missing = trials.filter((trial) => !held.has(`${sweepId} ${trial}`));
  if (missing.length === 0) return;
  const read = await reader.scores(sweep, missing);
  for (const trial of missing) keep(held, `${sweepId} ${trial}`, read.get(trial) ?? null, heldAtMost + trials.length);
}

/** What was kept first goes first. */
function keep<Value>(known: Map<string, Value>, key: string, value: Value, atMost: number): void {
  const [oldest] = known.keys();
  if (known.size >= atMost && oldest !== undefined) known.delete(oldest);
  known.set(key, value);
}
