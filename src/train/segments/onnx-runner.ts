import { asDefect } from '../process/as-defect.ts';
import { asFailure } from '../process/as-failure.ts';
import { Defect } from '../../base/defect.ts';
import { isDiskFull } from '../../base/disk-full.ts';
import { DropsweepError } from '../../base/errors.ts';
import { demandPrecision } from '../../runtime/devices/demand-precision.ts';
import { deviceProfiles } from '../../runtime/devices/device-profiles.ts';
import type { Segment, SegmentOutcome } from '../../sweep/segment.ts';
import { runnableVersions } from '../../sweep/trainer-version.ts';
import { evaluateSegment } from './evaluate-segment.ts';
import { deviceOfSlot } from '../process/device-of-slot.ts';
import { openAdapterEngine } from '../engine/open-adapter-engine.ts';
import { probeTheory } from './probe-theory.ts';
import type { SegmentReporter, SegmentRunner } from '../process/segment-runner.ts';
import { trainSegment } from './train-segment.ts';
import { giveBackLater } from '../checkpoints/wait-for-room.ts';
import { WarmSlot } from './warm-slot.ts';

const finishOldTrainings = 'DROPSWEEP_FINISH_OLD_TRAININGS';

/** The runner of the real trainer. Keeps engine, tokens and base warm between segments. */
export function makeOnnxRunner(): SegmentRunner {
  const device = deviceOfSlot(process.env);
  const slot = new WarmSlot((request) => openAdapterEngine({ ...request, device }), threadsOfSlot(), device);
  return {
    run: (command, reporter) =>
      asOutcome(reporter, () => {
        demandOwnVersion(command.segment);
        demandPrecision(deviceProfiles[device], command.segment.specification.configuration.base_precision);
        return command.segment.kind === 'train'
          ? trainSegment(command.segment, command, reporter, slot)
          : evaluateSegment(command.segment, command, reporter, slot);
      }),
    probe: (request) => probeTheory(request, slot),
  };
}

/**
 * A training's identity holds the version that it was planned with: finished by another it would be neither's.
 * @throws TRAINER_VERSION_CHANGED unless the user says that it may be
 */
function demandOwnVersion({ specification }: Segment): void {
  if (runnableVersions.has(specification.trainer_version) || process.env[finishOldTrainings] === '1') return;
  throw new DropsweepError('TRAINER_VERSION_CHANGED', 'the training belongs to another trainer version', {
    got: `trainer version ${specification.trainer_version}`,
    expected: `trainer version ${[...runnableVersions].join(' or ')}, which this worker trains`,
    fix: `launch the sweep under a new name, or start the worker with ${finishOldTrainings}=1 and retry the failed trainings`,
  });
}

/** Intra-op threads, set by the slot's supervisor. */
function threadsOfSlot(): number {
  const threads = Number(process.env['DROPSWEEP_THREADS'] ?? '1');
  return Number.isInteger(threads) && threads > 0 ? threads : 1;
}

/** Turns what a configuration or its inputs brought about into an outcome; anything else is a defect and is thrown. */
async function asOutcome(reporter: SegmentReporter, run: () => Promise<SegmentOutcome>): Promise<SegmentOutcome> {
  try {
    return await run();
  } catch (error) {
    if (isOutOfMemory(error)) {
      const message = `${messageOf(error)}\n  to do: lower batch_size or max_length, or give the slot more memory`;
      return { kind: 'failed', outcome: 'out_of_memory', code: 'OUT_OF_MEMORY', message };
    }
    // A full disk is the machine's fault, not the configuration's: the segment is given back and tried again later.
    if (isDiskFull(error)) return giveBackLater(error, reporter);
    if (error instanceof Defect) return asDefect(error);
    if (!(error instanceof DropsweepError)) throw error;
    return asFailure(error);
  }
}

/** How onnxruntime and V8 word it: allocation failures come as plain errors. */
function isOutOfMemory(error: unknown): boolean {
  return /bad_alloc|failed to allocate memory|out of memory|array buffer allocation failed/i.test(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
