import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatDuration, formatPercent, formatQuantity } from '../../metrics/values/format-value.ts';
import {
  clipText,
  joinWhatFits,
  lineWidth,
  span,
  spread,
  type StyledLine,
  type Tone,
} from '../terminal/styled-line.ts';
import { stateWords, sweepProgress, type SweepProgress } from '../lines/sweep-progress.ts';

const simulatedNotice = ' SIMULATED: NOT RESULTS ';

/** Three lines: what runs and how it stands, how far it is, and how its trainings are doing. */
export function header(snapshot: SweepSnapshot, now: Date, width: number): readonly StyledLine[] {
  const progress = sweepProgress(snapshot, now);
  return [titleLine(snapshot, width), progressLine(snapshot, progress, width), countsLine(snapshot, progress, width)];
}

function titleLine(snapshot: SweepSnapshot, width: number): StyledLine {
  const state = span(stateWords(snapshot).toUpperCase(), stateTone(snapshot));
  const parts: StyledLine[] = [];
  if (snapshot.trainer === 'simulated') parts.push([span(simulatedNotice, 'loud')]);
  parts.push([state]);
  const right = parts.flatMap((part, index) => (index === 0 ? part : [span(' '), ...part]));
  const room = width - lineWidth(right) - 'dropsweep '.length - 1;
  return spread([span('dropsweep ', 'faint'), span(clipText(snapshot.name, room), 'heading')], right, width);
}

function progressLine(snapshot: SweepSnapshot, progress: SweepProgress, width: number): StyledLine {
  const percent = formatPercent(snapshot.stepsDone, snapshot.stepsTotal);
  const facts: string[] = [progress.final && snapshot.stepsTotal === 0 ? '100 %' : percent];
  if (progress.final) facts.push(`took ${formatDuration(progress.elapsedMs)}`);
  else {
    if (snapshot.stepsPerSecond !== null) facts.push(`${formatQuantity(snapshot.stepsPerSecond)} steps/s`);
    facts.push(timeLeft(snapshot, progress));
  }
  const text = facts.join(' · ');
  const barWidth = Math.max(8, width - text.length - 3);
  const filled = Math.floor(progress.share * barWidth);
  return [
    span('['),
    span('#'.repeat(filled), 'good'),
    span('-'.repeat(barWidth - filled), 'faint'),
    span('] '),
    span(clipText(text, width - barWidth - 3)),
  ];
}

function timeLeft(snapshot: SweepSnapshot, progress: SweepProgress): string {
  if (progress.timeLeftMs !== null) return `${formatDuration(progress.timeLeftMs)} left`;
  if (snapshot.state === 'paused' && snapshot.desiredState === 'paused') return 'paused';
  return 'time left unknown';
}

function countsLine(snapshot: SweepSnapshot, progress: SweepProgress, width: number): StyledLine {
  const { counts } = snapshot;
  const parts: StyledLine[] = [
    [span(`${progress.finalTrainings}/${formatCount(snapshot.planned ?? counts.total, 'training')}`, 'heading')],
    ...(snapshot.planned === undefined ? [] : [[span(`${counts.total} recorded`, 'accent')]]),
    [span(`${counts.running + counts.evaluating} running`)],
  ];
  const optional = (count: number, word: string, tone: Tone): void => {
    if (count > 0) parts.push([span(`${count} ${word}`, tone)]);
  };
  optional(progress.failedTrainings, 'FAILED', 'bad');
  optional(counts.collapsed, 'COLLAPSED', 'warning');
  optional(counts.reused, 'reused', 'plain');
  optional(counts.pruned, 'pruned', 'plain');
  optional(counts.cancelled, 'cancelled', 'plain');
  optional(counts.waiting, 'waiting', 'faint');
  if (snapshot.definition.training.keep === 'best_on_dev') parts.push([span('kept by dev: optimistic', 'warning')]);
  parts.push([span(`parallelism ${snapshot.desiredParallelism}`, 'faint')]);
  return joinWhatFits(parts, ' · ', width);
}

function stateTone({ state }: SweepSnapshot): Tone {
  if (state === 'running') return 'accent';
  return state === 'completed' ? 'good' : 'warning';
}
