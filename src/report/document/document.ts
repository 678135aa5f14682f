import type { Json } from '../../base/canonical-json.ts';
import type { Chart } from '../charts/chart.ts';

/** A report as data: sections of sentences, tables and figures, which a renderer makes a page of. */
export interface ReportDocument {
  readonly title: string;
  /** The line under the title, such as when it was written and by what. */
  readonly subtitle: string;
  readonly sections: readonly DocumentSection[];
}

export interface DocumentSection {
  /** Unique in the document: links lead to it. */
  readonly id: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export type Block = Paragraph | List | Heading | Table | Figure | Code;

interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: string;
}

interface List {
  readonly kind: 'list';
  readonly items: readonly string[];
}

interface Heading {
  readonly kind: 'heading';
  readonly text: string;
}

/** Something to copy: a file, a command. */
interface Code {
  readonly kind: 'code';
  readonly caption: string;
  readonly text: string;
}

export interface Table {
  readonly kind: 'table';
  /** Unique in the document. */
  readonly name: string;
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sentences that belong to the table wherever it is pasted: what intervals are of, what a sign means. */
  readonly notes?: readonly string[];
  /** Long and for looking things up in: a page offers sorting and a filter. */
  readonly searchable?: true;
}

export interface TableColumn {
  /** snake_case, as exports and filters call it. */
  readonly name: string;
  readonly heading: string;
  readonly align: 'left' | 'right';
}

export interface Cell {
  readonly text: string;
  /** The value that it is sorted by. */
  readonly value: Json;
}

export interface Figure {
  readonly kind: 'figure';
  /** Its name for --figure. */
  readonly name: string;
  readonly caption: string;
  readonly chart: Chart;
}

export function paragraph(text: string): Paragraph {
  return { kind: 'paragraph', text };
}

/** All figures, by their order. */
export function figuresOf({ sections }: ReportDocument): readonly Figure[] {
  return sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'figure'));
}
