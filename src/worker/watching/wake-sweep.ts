import { type Client, WorkflowUpdateStage } from '@temporalio/client';
import { sweepWorkflowId, wakeUpdateName } from '../../messages/names.ts';

/**
 * Asks a sweep's workflow to read its desired state now. A courtesy: the state is in the record already and is seen
 * within seconds anyway, so a server that is away or slow is no error.
 * @returns whether the workflow took the wake-up within the time
 */
export async function wakeSweep(
  client: Client,
  sweep: { readonly deployment: string; readonly sweepId: string },
  withinMs = 2_000,
): Promise<boolean> {
  const handle = client.workflow.getHandle(sweepWorkflowId(sweep.deployment, sweep.sweepId));
  const asked = client.withDeadline(Date.now() + withinMs, () =>
    handle.startUpdate(wakeUpdateName, { waitForStage: WorkflowUpdateStage.ACCEPTED }),
  );
  return asked.then(
    () => true,
    () => false,
  );
}
