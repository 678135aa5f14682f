import { confusionPanels } from './confusion.ts';
import { logPanels } from './log.ts';
import type { PanelsOf } from './panel.ts';
import { recallPanels, reliabilityPanels } from './reliability.ts';
import { gapPanels, membersPanels, onTheWayPanels } from './scores.ts';
import { memoryPanels, ratePanels, stepPanels } from './steps.ts';
import { theoryPanels } from './theory.ts';

/** All that a training's view shows, in its order. */
export const trainingPanels: readonly PanelsOf[] = [
  stepPanels,
  onTheWayPanels,
  membersPanels,
  gapPanels,
  theoryPanels,
  reliabilityPanels,
  confusionPanels,
  recallPanels,
  ratePanels,
  memoryPanels,
  logPanels,
];
