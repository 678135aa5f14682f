import type { Drawing } from './drawing.ts';

/** A form that a single figure is written in. What writes it is loaded when it is asked for. */
interface FigureFormat {
  /** For --format. */
  readonly name: string;
  /** Of its files. */
  readonly ending: string;
  /** @param name of the figure, as --figure has it */
  render(drawing: Drawing, name: string): Promise<RenderedFigure>;
}

export interface RenderedFigure {
  readonly content: string | Uint8Array;
  /** What is not as the figure has it, a sentence each. */
  readonly remarks: readonly string[];
}

/** Formats of figures: the first is meant where nothing says which. */
export const figureFormats = [
  {
    name: 'svg',
    ending: '.svg',
    render: async (drawing: Drawing, name: string): Promise<RenderedFigure> => {
      const { renderSvg } = await import('./render-svg.ts');
      return { content: `${renderSvg(drawing, name)}\n`, remarks: [] };
    },
  },
  {
    name: 'pdf',
    ending: '.pdf',
    render: async (drawing: Drawing): Promise<RenderedFigure> => {
      const { renderPdf } = await import('./render-pdf.ts');
      const { content, missing } = await renderPdf(drawing);
      const signs = [...missing].join(' ');
      return {
        content,
        remarks: missing.size === 0 ? [] : [`Its font has no glyph of ${signs}: an empty square stands for each.`],
      };
    },
  },
] as const satisfies readonly FigureFormat[];
