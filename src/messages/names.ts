/**
 * Names in Temporal. The deployment's UUID is part of each, so several deployments may share a server and a database
 * that was restored elsewhere never answers to another's workflows.
 */

/** Workflows and short database activities. */
export function controlQueue(deployment: string): string {
  return `dropsweep-${deployment}-control`;
}

/** Slots of one device class. */
export function trainQueue(deployment: string, deviceClass: string): string {
  return `dropsweep-${deployment}-train-${deviceClass}`;
}

/** Prefix of every workflow id of a deployment. */
export function workflowIdPrefix(deployment: string): string {
  return `dropsweep-${deployment}-`;
}

/** One per sweep, whatever the generation: two drivers of one sweep are impossible. */
export function sweepWorkflowId(deployment: string, sweepId: string): string {
  return `${workflowIdPrefix(deployment)}sweep-${sweepId}`;
}

export interface LaneName {
  readonly sweepId: string;
  readonly generation: number;
  /** Number of the lane, from 0: lane n runs while n < desired parallelism. */
  readonly lane: number;
  /** How often this lane number was started in this generation before. */
  readonly incarnation: number;
}

/** Prefix of the ids of all lanes of a sweep. */
export function laneIdPrefix(deployment: string, sweepId: string): string {
  return `${workflowIdPrefix(deployment)}lane-${sweepId}-`;
}

export function laneWorkflowId(deployment: string, name: LaneName): string {
  return `${laneIdPrefix(deployment, name.sweepId)}${name.generation}-${name.lane}-${name.incarnation}`;
}

/** Names one turn of a lane. Never repeated: a claim is idempotent by it. */
export function slotKey(deployment: string, name: LaneName, sequence: number): string {
  return `${deployment}/${name.sweepId}/${name.generation}/${name.lane}.${name.incarnation}/${sequence}`;
}

export const sweepWorkflowType = 'sweepWorkflow';
/** Update of a sweep's workflow: read the desired state again. */
export const wakeUpdateName = 'wake';
/** Signal to a waiting lane: there may be work. */
export const wakeLaneSignalName = 'wakeLane';
/** Signal from a lane to its sweep's workflow: it is over. */
export const laneEndedSignalName = 'laneEnded';
/** Memo key under which a sweep's workflow notes `workflowVersion`. */
export const workflowVersionMemo = 'dropsweep_workflow_version';
/**
 * Raised with each change of the workflows that an older history cannot replay. The reconciler replaces workflows of
 * another version by a new generation; nothing is patched.
 */
export const workflowVersion = 1;
