import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import {
  controlQueue,
  laneIdPrefix,
  sweepWorkflowId,
  sweepWorkflowType,
  workflowVersion,
  workflowVersionMemo,
} from '../../messages/names.ts';
import type { DriveSettings, SweepWorkflowInput } from '../../messages/workflow-inputs.ts';

export interface SweepToDrive {
  readonly sweepId: string;
  readonly generation: number;
  /** The device that the sweep asks for; absent: that of this worker's slots. */
  readonly deviceClass?: string;
}

/** The record, as the reconciler uses it. */
export interface DriveRegister {
  /** Sweeps that are neither finished nor cancelled. */
  readSweepsToDrive(): Promise<readonly SweepToDrive[]>;
  /** Counts the generation up if it is still `expected`. Null: somebody else did. */
  beginGeneration(sweepId: string, expected: number): Promise<number | null>;
}

export interface ReconcilerOptions {
  readonly register: DriveRegister;
  readonly client: Client;
  readonly deployment: string;
  readonly deviceClass: string;
  readonly settings: DriveSettings;
}

/**
 * Starts a workflow, of a new generation, for each sweep that wants driving and has none, or one of another version of
 * the code. The record decides; Temporal may have lost everything.
 * @returns the sweeps for which one was started
 */
export async function reconcileSweeps(options: ReconcilerOptions): Promise<string[]> {
  const started: string[] = [];
  for (const sweep of await options.register.readSweepsToDrive()) {
    if (await isDriven(options, sweep.sweepId)) continue;
    const generation = await options.register.beginGeneration(sweep.sweepId, sweep.generation);
    if (generation === null) continue;
    await startSweep(options, sweep, generation);
    started.push(sweep.sweepId);
  }
  return started;
}

async function isDriven({ client, deployment }: ReconcilerOptions, sweepId: string): Promise<boolean> {
  const handle = client.workflow.getHandle(sweepWorkflowId(deployment, sweepId));
  let description: WorkflowExecutionDescription;
  try {
    description = await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
  if (description.status.name !== 'RUNNING') return false;
  if (description.memo?.[workflowVersionMemo] === workflowVersion) return true;
  await handle.terminate(replacedReason);
  await terminateLanes(client, deployment, sweepId);
  return false;
}

const replacedReason = 'another version of the workflows took over';

/** Histories of another version cannot be replayed, so their lanes would never end by themselves. */
async function terminateLanes(client: Client, deployment: string, sweepId: string): Promise<void> {
  const query = `WorkflowId STARTS_WITH "${laneIdPrefix(deployment, sweepId)}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    await client.workflow
      .getHandle(workflowId)
      .terminate(replacedReason)
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  }
}

async function startSweep(options: ReconcilerOptions, sweep: SweepToDrive, generation: number): Promise<void> {
  const { client, deployment, settings } = options;
  const { sweepId, deviceClass = options.deviceClass } = sweep;
  const input: SweepWorkflowInput = { deployment, sweepId, generation, deviceClass, settings, carried: null };
  await client.workflow
    .start(sweepWorkflowType, {
      workflowId: sweepWorkflowId(deployment, sweepId),
      taskQueue: controlQueue(deployment),
      workflowIdConflictPolicy: 'USE_EXISTING',
      memo: { [workflowVersionMemo]: workflowVersion },
      args: [input],
    })
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
}
