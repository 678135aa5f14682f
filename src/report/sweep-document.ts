import type { Block, DocumentSection, ReportDocument } from './document/document.ts';
import { paperTable } from './comparing/paper-table.ts';
import type { SweepMaterial } from './sections/material.ts';
import { reportSections } from './sections/report-sections.ts';

/** The report of a sweep, or of several: then a paper's table comes first, and each sweep's sections after it. */
export function sweepDocument(materials: readonly SweepMaterial[], subtitle: string): ReportDocument {
  const names = materials.map(({ snapshot }) => snapshot.name);
  const [only] = materials;
  if (only !== undefined && materials.length === 1) {
    return { title: `Sweep ${only.snapshot.name}`, subtitle, sections: sectionsOf(only) };
  }
  return {
    title: `Sweeps ${names.join(', ')}`,
    subtitle,
    sections: [
      { id: 'methods', heading: 'Methods by task', blocks: paperTable(materials) },
      ...materials.flatMap((material, index) => numbered(sectionsOf(material), index + 1, material.snapshot.name)),
    ],
  };
}

/** Every section that has something to say of a sweep. */
function sectionsOf(material: SweepMaterial): readonly DocumentSection[] {
  return reportSections.flatMap((section) => {
    const blocks = section.build(material);
    return blocks === null ? [] : [{ id: section.name, heading: section.heading, blocks }];
  });
}

/** Sections of the sweep of this number: whatever is unique in one report is so in several. */
function numbered(sections: readonly DocumentSection[], number: number, sweep: string): readonly DocumentSection[] {
  const prefix = `s${number}-`;
  const renamed = (block: Block): Block => ('name' in block ? { ...block, name: `${prefix}${block.name}` } : block);
  return sections.map(({ id, heading, blocks }) => ({
    id: `${prefix}${id}`,
    heading: `${sweep}: ${heading}`,
    blocks: blocks.map(renamed),
  }));
}
