import { axesSection } from './axes-section.ts';
import { boundSection } from './bound-section.ts';
import { calibrationSection } from './calibration-section.ts';
import { costSection } from './cost-section.ts';
import { curvesSection } from './curves-section.ts';
import { earlyStoppingSection } from './early-stopping-section.ts';
import { ensembleSection } from './ensemble-section.ts';
import { failuresSection } from './failures-section.ts';
import { frontSection } from './front-section.ts';
import { gapSection } from './gap-section.ts';
import { provenanceSection } from './provenance-section.ts';
import { reliabilitySection } from './reliability-section.ts';
import type { ReportSection } from './section.ts';
import { setsSection } from './sets-section.ts';
import { summarySection } from './summary-section.ts';
import { trialsSection } from './trials-section.ts';

/** Every section, in the order of the page. */
export const reportSections: readonly ReportSection[] = [
  summarySection,
  frontSection,
  axesSection,
  curvesSection,
  reliabilitySection,
  calibrationSection,
  ensembleSection,
  setsSection,
  gapSection,
  boundSection,
  costSection,
  earlyStoppingSection,
  trialsSection,
  failuresSection,
  provenanceSection,
];
