import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ControlActivities, ServeSlotResult, TrainActivities } from '../src/messages/activity-interfaces.ts';
import { controlQueue, slotKey, sweepWorkflowId, trainQueue } from '../src/messages/names.ts';
import type { LaneWorkflowInput } from '../src/messages/workflow-inputs.ts';
import { activityTimeouts, heartbeatTimeoutMs, segmentMarginMs } from './activity-timeouts.ts';
import { laneEndedSignal, wakeLaneSignal } from './definitions.ts';
import { LaneTurns } from './lane-turns.ts';

/**
 * Feeds one slot's worth of parallelism of one sweep: turn after turn of serveSlot. It runs in a scope that nothing
 * cancels: a cancel only ends the turn, then the record says whether the lane goes on.
 */
export async function laneWorkflow(input: LaneWorkflowInput): Promise<void> {
  const { deployment, name, settings } = input;
  const turns = new LaneTurns(input.carried);
  const control = proxyActivities<ControlActivities>({
    taskQueue: controlQueue(deployment),
    ...activityTimeouts.short,
  });
  const train = proxyActivities<TrainActivities>({
    taskQueue: trainQueue(deployment, input.deviceClass),
    startToCloseTimeout: settings.segmentLimitMs + segmentMarginMs,
    heartbeatTimeout: heartbeatTimeoutMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: activityTimeouts.serve.retry,
  });
  let woken = false;
  let cancelAsked = false;
  let turn: CancellationScope | null = null;
  setHandler(wakeLaneSignal, () => {
    woken = true;
    turns.woken();
  });
  CancellationScope.current().cancelRequested.catch(() => {
    cancelAsked = true;
    turn?.cancel();
  });

  const takeTurn = async (): Promise<ServeSlotResult | null> => {
    turn = new CancellationScope({ cancellable: true });
    const request = {
      sweepId: name.sweepId,
      generation: name.generation,
      slotKey: slotKey(deployment, name, turns.takeSequence()),
      sliceMs: settings.sliceMs,
      segmentsPerSlice: settings.segmentsPerSlice,
    };
    try {
      return await turn.run(() => train.serveSlot(request));
    } catch {
      return null; // Why it failed decides nothing: the record is asked.
    } finally {
      turn = null;
    }
  };

  await CancellationScope.nonCancellable(async () => {
    for (;;) {
      const result = cancelAsked ? null : await takeTurn();
      let next = result === null ? ({ kind: 'ask' } as const) : turns.served(result);
      if (next.kind === 'ask' || cancelAsked) {
        const { sweepId, generation } = name;
        const answer = turns.asked(name.lane, await control.readDesiredDrive({ deployment, sweepId, generation }));
        if (answer === null) break;
        next = answer;
      }
      // A run hears of one cancel only: after one that the record overruled, a new run can be cancelled again.
      const runIsOver = settings.segmentsPerRun !== null && turns.segments >= settings.segmentsPerRun;
      if (cancelAsked || runIsOver || workflowInfo().continueAsNewSuggested) {
        await continueAsNew<typeof laneWorkflow>({ ...input, carried: turns.state });
      }
      if (next.kind === 'after') await condition(() => woken || cancelAsked, next.ms);
      woken = false;
    }
    await tellSweep(input);
  });
}

/** Best effort: the sweep's workflow may be over, and finds closed lanes by itself when this is lost. */
async function tellSweep({ deployment, name }: LaneWorkflowInput): Promise<void> {
  const sweep = getExternalWorkflowHandle(sweepWorkflowId(deployment, name.sweepId));
  await sweep.signal(laneEndedSignal, { lane: name.lane, incarnation: name.incarnation }).catch(() => undefined);
}
