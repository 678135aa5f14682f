import type { ReportDocument } from './document/document.ts';
import type { SweepMaterial } from './sections/material.ts';
import { reportSections } from './sections/report-sections.ts';

/** A sweep's report: every section that has something to say of it. */
export function sweepDocument(material: SweepMaterial, subtitle: string): ReportDocument {
  return {
    title: `Sweep ${material.snapshot.name}`,
    subtitle,
    sections: reportSections.flatMap((section) => {
      const blocks = section.build(material);
      return blocks === null ? [] : [{ id: section.name, heading: section.heading, blocks }];
    }),
  };
}
