import type { SampledTrial } from '../sampler.ts';

/**
 * The value of each trial, drawn towards the mean of all by the share of it that is noise of seeds, where trials have
 * different numbers of them: mean + (value − mean) · between / (between + within / seeds), with the variances within and
 * between configurations estimated from those that came to their end (one-way analysis of variance). Where all have as
 * many it would change no order, and values are as they are. Null: the trial has none.
 */
export function shrunkenValues(trials: readonly SampledTrial[]): readonly (number | null)[] {
  const plain = trials.map(({ value }) => value);
  if (!trials.some(({ repeats }) => repeats !== undefined)) return plain;
  const ended = trials.filter(
    ({ state, value, repeats = [] }) => state === 'done' && value !== null && repeats.length > 0,
  );
  const counts = new Set(ended.map(({ repeats = [] }) => repeats.length));
  if (counts.size < 2) return plain;
  let squares = 0;
  let degrees = 0;
  for (const { repeats = [], value } of ended) {
    for (const each of repeats) squares += (each - (value ?? each)) ** 2;
    degrees += repeats.length - 1;
  }
  if (degrees === 0 || !Number.isFinite(squares)) return plain;
  const within = squares / degrees;
  const mean = ended.reduce((sum, { value }) => sum + (value ?? 0), 0) / ended.length;
  const spread =
    ended.reduce((sum, { value }) => sum + ((value ?? mean) - mean) ** 2, 0) / Math.max(1, ended.length - 1);
  const noise = ended.reduce((sum, { repeats = [] }) => sum + within / repeats.length, 0) / ended.length;
  const between = Math.max(0, spread - noise);
  if (between === 0) return plain;
  return trials.map(({ state, value, repeats = [] }) =>
    value === null || state !== 'done' || repeats.length === 0
      ? value
      : mean + ((value - mean) * between) / (between + within / repeats.length),
  );
}
