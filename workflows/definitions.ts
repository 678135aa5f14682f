import { defineSignal, defineUpdate } from '@temporalio/workflow';
import { laneEndedSignalName, wakeLaneSignalName, wakeUpdateName } from '../src/messages/names.ts';
import type { LaneEnded } from '../src/messages/workflow-inputs.ts';

export const wakeUpdate = defineUpdate(wakeUpdateName);
export const wakeLaneSignal = defineSignal(wakeLaneSignalName);
export const laneEndedSignal = defineSignal<[LaneEnded]>(laneEndedSignalName);
