import type { ReportDocument } from './document.ts';
import { renderHtml } from './render-html.ts';
import { renderLatex } from './render-latex.ts';
import { renderMarkdown } from './render-markdown.ts';

/** Formats of documents: their names for --format, and the ends of their files. */
export const documentFormats = [
  { name: 'html', ending: '.html', render: renderHtml },
  { name: 'markdown', ending: '.md', render: renderMarkdown },
  { name: 'latex', ending: '.tex', render: renderLatex },
] as const satisfies readonly {
  readonly name: string;
  readonly ending: string;
  readonly render: (document: ReportDocument) => string;
}[];

export type DocumentFormat = (typeof documentFormats)[number]['name'];
