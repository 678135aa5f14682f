import type { TrainActivities } from '../src/messages/activity-interfaces.ts';
import type { ProbeRequest } from '../src/train/process/trainer-protocol.ts';
import type { TheoryRecord } from './drive-record.ts';
import type { ActivityAttempt } from './serve-slot.ts';
import type { TrainerPool } from './trainer-pool.ts';

export interface ProbeTheoryOptions {
  readonly currentAttempt: () => ActivityAttempt;
  readonly record: TheoryRecord;
  readonly trainers: TrainerPool;
  readonly heartbeatEveryMs: number;
  /** Brings data and model to this machine. */
  readonly prepareProbe: (request: Omit<ProbeRequest, 'modelFolder' | 'datasetFile'>) => Promise<ProbeRequest>;
}

/** Measures Theorem 4.4's constants in a slot's trainer, once for all sweeps that share what they depend on. */
export function makeProbeTheory(options: ProbeTheoryOptions): TrainActivities['probeTheory'] {
  return async ({ sweepId }) => {
    const asked = await options.record.readProbeRequest(sweepId);
    if (asked === null) return;
    const attempt = options.currentAttempt();
    const trainer = await options.trainers.acquire();
    const beat = setInterval(() => {
      if (trainer.alive) attempt.heartbeat();
    }, options.heartbeatEveryMs);
    const discard = () => trainer.discard();
    attempt.cancellationSignal.addEventListener('abort', discard);
    try {
      const constants = await trainer.probe(await options.prepareProbe(asked));
      await options.record.writeTheoryConstants(sweepId, constants);
    } catch (error) {
      if (!attempt.cancellationSignal.aborted) await options.record.countTheoryFailure(sweepId);
      throw error;
    } finally {
      clearInterval(beat);
      attempt.cancellationSignal.removeEventListener('abort', discard);
      options.trainers.giveBack(trainer);
    }
  };
}
