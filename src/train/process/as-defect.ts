import type { Defect } from '../../base/defect.ts';
import type { SegmentOutcome } from '../../sweep/segment.ts';
import { trainerVersion } from '../../sweep/trainer-version.ts';

/** How a training ends that met a defect of this program: with what a report needs, and without another attempt. */
export function asDefect(error: Defect): SegmentOutcome {
  const where = `trainer version ${trainerVersion}, Node ${process.version}, ${process.platform}-${process.arch}`;
  const message = `DEFECT: ${error.message}\n  in: ${where}\n${error.stack ?? ''}`;
  return { kind: 'failed', outcome: 'crashed', code: 'DEFECT', message };
}
