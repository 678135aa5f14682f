import {
  ActivityCancellationType,
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ControlActivities, TrainActivities } from '../src/messages/activity-interfaces.ts';
import { controlQueue, laneWorkflowId, trainQueue } from '../src/messages/names.ts';
import type { SweepWorkflowInput } from '../src/messages/workflow-inputs.ts';
import { activityTimeouts, heartbeatTimeoutMs } from './activity-timeouts.ts';
import { laneEndedSignal, wakeLaneSignal, wakeUpdate } from './definitions.ts';
import { LanePlan, type LaneReference } from './lane-plan.ts';
import { laneWorkflow } from './lane-workflow.ts';

/**
 * Keeps as many lanes open as the record wants of its sweep; holds no results. A cancel of this workflow is a wake-up
 * like any other: what the record wants decides. Lanes outlive a run of it: they are abandoned children, cancelled by
 * their ids, because a parent's cancel does not reach a child that has continued as new.
 */
export async function sweepWorkflow(input: SweepWorkflowInput): Promise<void> {
  const { deployment, sweepId, generation, settings } = input;
  const plan = new LanePlan(input.carried);
  const control = proxyActivities<ControlActivities>({
    taskQueue: controlQueue(deployment),
    ...activityTimeouts.short,
  });
  const laneId = (lane: LaneReference) => laneWorkflowId(deployment, { sweepId, generation, ...lane });
  /** Lanes that an earlier run started: they end by signal, or are found closed. */
  const adopted = new Map(plan.open.map((lane) => [laneId(lane), lane]));
  const probe = new ProbeOnce(input);
  let woken = false;
  let wakeLanes = false;
  const wake = () => {
    woken = true;
  };
  setHandler(wakeUpdate, () => {
    wakeLanes = true;
    wake();
  });
  setHandler(laneEndedSignal, (lane) => {
    plan.ended(lane);
    adopted.delete(laneId(lane));
    wake();
  });
  CancellationScope.current().cancelRequested.catch(wake);

  const open = async (lane: LaneReference) => {
    const child = await startChild(laneWorkflow, {
      workflowId: laneId(lane),
      args: [
        { deployment, name: { sweepId, generation, ...lane }, deviceClass: input.deviceClass, settings, carried: null },
      ],
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
    const ended = () => {
      plan.ended(lane);
      wake();
    };
    child.result().then(ended, ended);
  };
  const stop = (lane: LaneReference) =>
    getExternalWorkflowHandle(laneId(lane))
      .cancel()
      // Refused only where no such lane is open.
      .catch(() => {
        plan.ended(lane);
        wake();
      });
  const forgetClosed = async () => {
    if (adopted.size === 0) return;
    for (const id of await control.findClosedLanes({ laneIds: [...adopted.keys()] })) {
      const lane = adopted.get(id);
      if (lane !== undefined) plan.ended(lane);
      adopted.delete(id);
    }
  };

  await CancellationScope.nonCancellable(async () => {
    for (let readings = 1; ; readings += 1) {
      woken = false;
      await forgetClosed();
      const desired = await control.readDesiredDrive({ deployment, sweepId, generation });
      const changes = plan.follow(desired);
      if (changes.startProbe) probe.start(wake);
      if (desired.over) probe.stop();
      await Promise.all([...changes.stop.map(stop), ...changes.start.map(open)]);
      if (changes.over && !probe.running) return;
      if (wakeLanes) await Promise.all(plan.open.map(nudge));
      wakeLanes = false;
      const runIsOver = settings.readingsPerRun !== null && readings >= settings.readingsPerRun;
      if ((runIsOver || workflowInfo().continueAsNewSuggested) && !probe.running) {
        await continueAsNew<typeof sweepWorkflow>({ ...input, carried: plan.state });
      }
      await condition(() => woken, settings.readEveryMs);
    }
  });

  async function nudge(lane: LaneReference): Promise<void> {
    // A lane that has ended needs no waking.
    await getExternalWorkflowHandle(laneId(lane))
      .signal(wakeLaneSignal)
      .catch(() => undefined);
  }
}

/** The one measurement of the sweep's theory constants, beside the lanes; its failure fails nothing else. */
class ProbeOnce {
  readonly #input: SweepWorkflowInput;
  #scope: CancellationScope | null = null;
  running = false;

  constructor(input: SweepWorkflowInput) {
    this.#input = input;
  }

  start(ended: () => void): void {
    const train = proxyActivities<TrainActivities>({
      taskQueue: trainQueue(this.#input.deployment, this.#input.deviceClass),
      heartbeatTimeout: heartbeatTimeoutMs,
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      ...activityTimeouts.probe,
    });
    const over = () => {
      this.running = false;
      ended();
    };
    this.running = true;
    this.#scope = new CancellationScope({ cancellable: true });
    this.#scope.run(() => train.probeTheory({ sweepId: this.#input.sweepId })).then(over, over);
  }

  stop(): void {
    if (this.running) this.#scope?.cancel();
  }
}
