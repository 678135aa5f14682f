import type { ReportDocument } from './document.ts';

/** A form that a report is written in. What writes it is loaded when it is asked for. */
interface DocumentFormat {
  /** For --format. */
  readonly name: string;
  /** Of its files. */
  readonly ending: string;
  render(document: ReportDocument): Promise<string>;
}

/** Formats of documents: the first is meant where nothing says which. */
export const documentFormats = [
  {
    name: 'html',
    ending: '.html',
    render: async (document: ReportDocument): Promise<string> =>
      (await import('./render-html.ts')).renderHtml(document),
  },
  {
    name: 'markdown',
    ending: '.md',
    render: async (document: ReportDocument): Promise<string> =>
      (await import('./render-markdown.ts')).renderMarkdown(document),
  },
  {
    name: 'latex',
    ending: '.tex',
    render: async (document: ReportDocument): Promise<string> =>
      (await import('./render-latex.ts')).renderLatex(document),
  },
] as const satisfies readonly DocumentFormat[];
