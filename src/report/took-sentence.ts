import { formatDuration } from '../metrics/values/format-value.ts';
import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';

/**
 * `Took 5 min 00 s; 3 min 10 s to 8 min 00 s were predicted.` Of a sweep that was extended: its last extension. Null before
 * its end. @param noted by the launch, or by the extension
 */
export function tookSentence(
  { createdAt, finishedAt }: Pick<SweepSnapshot, 'createdAt' | 'finishedAt'>,
  { predicted_seconds: predicted, extended_at: extended }: Readonly<Record<string, string>>,
): string | null {
  if (finishedAt === null) return null;
  const from = extended === undefined ? createdAt : new Date(extended);
  const took = `${extended === undefined ? 'Took' : 'Its extension took'} ${formatDuration(finishedAt.getTime() - from.getTime())}`;
  const [low, high] = (predicted ?? '').split(' to ').map(Number);
  if (low === undefined || high === undefined || !Number.isFinite(low) || !Number.isFinite(high)) return `${took}.`;
  if (high < 1) return `${took}; under 1 s was predicted.`;
  if (low < 1) return `${took}; up to ${formatDuration(1_000 * high)} was predicted.`;
  return `${took}; ${formatDuration(1_000 * low)} to ${formatDuration(1_000 * high)} were predicted.`;
}
