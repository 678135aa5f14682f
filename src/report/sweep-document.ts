import { headingOf } from '../tasks/task-metrics.ts';
import type { Block, Cell, DocumentSection, ReportDocument, Table } from './document/document.ts';
import { paragraph } from './document/document.ts';
import { formatInterval } from './format-interval.ts';
import { methodScores } from './method-scores.ts';
import { shownInterval } from './score-columns.ts';
import { configurationLabels } from './sections/configuration-label.ts';
import type { SweepMaterial } from './sections/material.ts';
import { reportSections } from './sections/report-sections.ts';
import { firstObjective } from './first-objective.ts';

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
      { id: 'methods', heading: 'Methods by sweep', blocks: methodBlocks(materials) },
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

function methodBlocks(materials: readonly SweepMaterial[]): readonly Block[] {
  const columns = materials.map((material) => {
    const objective = firstObjective(material.snapshot);
    return { material, objective, scores: methodScores(material.snapshot, objective) };
  });
  const methods = [...new Set(columns.flatMap(({ scores }) => scores.map(({ method }) => method)))];
  const table: Table = {
    kind: 'table',
    name: 'methods',
    caption: 'The best configuration of each method, with its 95 % interval',
    columns: [
      { name: 'method', heading: 'method', align: 'left' },
      ...columns.map(({ material: { snapshot }, objective }, index) => ({
        name: `sweep_${index + 1}`,
        heading: `${snapshot.name}: ${headingOf(snapshot.definition, objective.metric)}`,
        align: 'right' as const,
      })),
    ],
    rows: methods.map((method): readonly Cell[] => [
      { text: method, value: method },
      ...columns.map(({ material, objective, scores }): Cell => {
        const reported = scores.find((one) => one.method === method)?.reported;
        const interval = reported === undefined ? null : shownInterval(reported, objective.metric, material.noise);
        if (interval === null) return { text: '–', value: null };
        return { text: formatInterval(objective.metric, interval), value: interval.mean };
      }),
    ]),
  };
  const chosen = columns.flatMap(({ material: { snapshot }, scores }) => {
    const label = configurationLabels(snapshot);
    return scores.map(({ method, reported }) => `${snapshot.name}, ${method}: ${label(reported)}`);
  });
  const tested = columns.some(({ scores }) => scores.some(({ reported }) => reported.evaluation.split === 'test'));
  return [
    table,
    paragraph(
      `Each was chosen as its method's best on the dev rows${tested ? ', and is scored on the test rows where it was evaluated on them' : ', on which it is scored too: there is no test evaluation'}.`,
    ),
    { kind: 'list', items: chosen },
  ];
}
