export { laneWorkflow } from './lane-workflow.ts';
export { sweepWorkflow } from './sweep-workflow.ts';
