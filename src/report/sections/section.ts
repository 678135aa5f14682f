import type { DocumentSection } from '../document/document.ts';
import type { SweepMaterial } from './material.ts';

/** One part of a report: it takes what was read of a sweep and gives sentences, tables and figures. Pure. */
export interface ReportSection {
  /** kebab-case: part of the section's place in the page. */
  readonly name: string;
  readonly heading: string;
  /** Null: the sweep has nothing to say there. */
  build(material: SweepMaterial): DocumentSection['blocks'] | null;
}
