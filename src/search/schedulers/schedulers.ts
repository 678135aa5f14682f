import { DropsweepError } from '../../base/errors.ts';
import type { SchedulerDefinition } from '../../sweep/sweep-definition.ts';
import type { Scheduler, SchedulerKind } from '../scheduler.ts';
import { asha } from './asha.ts';
import { halving } from './halving.ts';
import { hyperband } from './hyperband.ts';
import { median } from './median.ts';
import { none } from './none.ts';
import { pasha } from './pasha.ts';
import { racing } from './racing.ts';
import { wilcoxon } from './wilcoxon.ts';

/** Every kind of scheduler; the first is that of a file that names none. */
export const schedulers: readonly SchedulerKind[] = [none, halving, median, asha, hyperband, pasha, wilcoxon, racing];

/** The scheduler that a sweep file asks for. @throws DropsweepError USAGE where this version has no such kind */
export function makeScheduler(definition: SchedulerDefinition): Scheduler {
  const kind = schedulers.find(({ section }) => section.kind === definition.kind);
  if (kind !== undefined) return kind.make(definition);
  throw new DropsweepError('USAGE', 'this version of dropsweep does not know the scheduler', {
    where: 'scheduler.kind',
    got: definition.kind,
    expected: `one of ${schedulers.map(({ section }) => section.kind).join(', ')}`,
    fix: 'use the version that the sweep was launched with, or a later one',
  });
}
