import { inflateSync } from 'node:zlib';
import { getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import type { Chart } from '../../src/report/charts/chart.ts';
import { drawChart } from '../../src/report/charts/draw-chart.ts';
import type { Drawing } from '../../src/report/charts/drawing.ts';
import { figureFormats } from '../../src/report/charts/figure-formats.ts';
import { renderPdf } from '../../src/report/charts/render-pdf.ts';
import { renderSvg } from '../../src/report/charts/render-svg.ts';
import { figuresOf } from '../../src/report/document/document.ts';
import { sweepDocument } from '../../src/report/sweep-document.ts';
import { materialOf } from './report-material.ts';

const figures = figuresOf(sweepDocument([materialOf(160)], 'Written today.'));

/** One of each kind: of marks, scales and lines to compare with. */
const kinds = new Map(
  figures.map((figure) => {
    const { x, series, references = [] } = figure.chart;
    const marks = series.map((one) => one.marks);
    return [JSON.stringify([x.scale, [...new Set(marks)], references.map(({ at }) => typeof at)]), figure];
  }),
);

/** What a reader of PDF finds on its one page: texts in their order, and how many paths are painted. */
async function readPdf(content: Uint8Array) {
  const document = await getDocumentProxy(new Uint8Array(content));
  const page = await document.getPage(1);
  const { items } = await page.getTextContent();
  const { width, height } = page.getViewport({ scale: 1 });
  return {
    pages: document.numPages,
    texts: items.flatMap((item) => ('str' in item && item.str.trim() !== '' ? [item.str] : [])),
    paths: paintedPaths(Buffer.from(content)),
    size: [width, height],
    structure: JSON.stringify(await page.getStructTree()),
  };
}

/** How often a path is stroked, filled, or both, in any content of the file. */
function paintedPaths(file: Buffer): number {
  let count = 0;
  for (let at = file.indexOf('\nstream\n'); at >= 0; at = file.indexOf('\nstream\n', at + 1)) {
    const packed = file.subarray(at + 8, file.indexOf('\nendstream', at));
    // Metadata lie there as they are.
    if (packed[0] === 0x78)
      count +=
        inflateSync(packed)
          .toString('latin1')
          .match(/^[SfB]$/gm)?.length ?? 0;
  }
  return count;
}

function textsOfSvg(svg: string): readonly string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text.replaceAll('&amp;', '&'));
}

function drawn(change: Partial<Chart>): Drawing {
  const x = { label: 'x', scale: 'linear' } as const;
  const chart: Chart = { description: 'd', x, y: { ...x, label: 'y' }, series: [], ...change };
  return drawChart({ caption: 'c', chart });
}

describe('a figure as PDF', () => {
  it.each([...kinds.values()].map((figure) => [figure.name, figure] as const))(
    'holds the labels, numbers and marks that the SVG has: %s',
    async (name, figure) => {
      const drawing = drawChart(figure);
      const svg = renderSvg(drawing, name);
      const { content, missing } = await renderPdf(drawing);
      const { pages, texts, paths, size, structure } = await readPdf(content);
      expect(pages).toBe(1);
      expect(size).toEqual([0.75 * drawing.width, 0.75 * drawing.height]);
      expect(texts.length).toBeGreaterThan(5);
      expect(texts.toSorted()).toEqual(textsOfSvg(svg).toSorted());
      expect(paths).toBe([...svg.matchAll(/<path [^>]*d="M/g)].length);
      expect([...missing]).toEqual([]);
      expect(structure).toContain(JSON.stringify(figure.chart.description).slice(1, -1));
    },
  );

  it('embeds its fonts and no picture, and is the same bytes each time', async () => {
    const drawing = drawn({ series: [{ name: 's', marks: 'points', points: [{ x: 1, y: 2 }] }] });
    const { content } = await renderPdf(drawing);
    const text = Buffer.from(content).toString('latin1');
    expect(text.match(/\/FontFile2 /g)).toHaveLength(2);
    expect(text).not.toContain('/Subtype /Image');
    expect(Buffer.compare((await renderPdf(drawing)).content, content)).toBe(0);
  });

  it('says which characters its font cannot write, and writes the others', async () => {
    const pdf = figureFormats.find(({ name }) => name === 'pdf');
    const label = 'λ ≥ 1e-4, Δ‖W‖ · é Ж 数 |&<\u0007';
    const { content, remarks } = (await pdf?.render(drawn({ x: { label, scale: 'linear' } }), 'f')) ?? {};
    expect(remarks?.join()).toContain('no glyph of 数');
    expect((await readPdf(content as Uint8Array)).texts).toContain('λ ≥ 1e-4, Δ‖W‖ · é Ж □ |&<□');
  });
});

it('every format of figures draws every figure, and has a name and an ending of its own', async () => {
  expect(new Set(figureFormats.flatMap(({ name, ending }) => [name, ending])).size).toBe(2 * figureFormats.length);
  const [figure] = figures;
  if (figure === undefined) throw new Error('no figure');
  for (const { render } of figureFormats) {
    const { content } = await render(drawChart(figure), figure.name);
    expect(content.length).toBeGreaterThan(2_000);
  }
});
