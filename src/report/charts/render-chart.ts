import { escapeMarkup } from '../document/markup.ts';
import type { Chart } from './chart.ts';
import { drawSeries, glyphFill, glyphPath, lookOf } from './chart-marks.ts';
import { type PlacedAxis, placeX, placeY } from './chart-scales.ts';

const width = 720;
const plotHeight = 300;
const right = width - 18;
const top = 14;
const bottom = top + plotHeight;
const legendLine = 20;

export interface NamedChart {
  /** Unique on its page: what its parts are called by. */
  readonly id: string;
  readonly caption: string;
  readonly chart: Chart;
}

/** One SVG of its own: fonts of the machine, nothing fetched; its title and description are its text alternative. */
export function renderChart({ id, caption, chart }: NamedChart): string {
  const y = placeY(chart, [bottom, top], 6);
  const left = 44 + 7.5 * Math.max(2, ...y.ticks.map(({ text }) => text.length));
  const x = placeX(chart, [left, right], 8);
  const slanted = x.ticks.reduce((sum, { text }) => sum + text.length * 7 + 12, 0) > right - left;
  const below = slanted ? 22 + Math.min(90, Math.max(...x.ticks.map(({ text }) => text.length)) * 4.4) : 22;
  const legend = drawLegend(chart, left, bottom + below + 34);
  const height = bottom + below + 34 + legend.height;
  const base = Math.min(bottom, Math.max(top, y.place(0)));
  const titles = `<title id="${id}-title">${escapeMarkup(caption)}</title><desc id="${id}-desc">${escapeMarkup(chart.description)}</desc>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${Math.ceil(height)}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc" font-family="system-ui, sans-serif" font-size="13">`,
    titles,
    `<rect width="${width}" height="${Math.ceil(height)}" fill="#fff"/>`,
    drawAxes(chart, { x, y, left, slanted, below }),
    drawReferences(chart, x, y, left),
    // The first of the legend lies on top.
    ...chart.series.map((series, index) => drawSeries(series, lookOf(index), x, y, base)).reverse(),
    legend.markup,
    '</svg>',
  ].join('');
}

interface PlacedAxes {
  readonly x: PlacedAxis;
  readonly y: PlacedAxis;
  /** Where the plot begins: beyond the longest number of its axis. */
  readonly left: number;
  /** Whether the texts below lean for want of room. */
  readonly slanted: boolean;
  /** Room of these texts. */
  readonly below: number;
}

function drawAxes(chart: Chart, { x, y, left, slanted, below }: PlacedAxes): string {
  const across = y.ticks.map(
    ({ at, text }) =>
      `<path d="M${left},${at.toFixed(1)}H${right}" stroke="#ddd"/><text x="${left - 8}" y="${(at + 4).toFixed(1)}" text-anchor="end">${escapeMarkup(text)}</text>`,
  );
  const upwards = x.ticks.map(({ at, text }) => {
    const place = slanted
      ? `transform="translate(${at.toFixed(1)},${bottom + 16}) rotate(-35)" text-anchor="end"`
      : `x="${at.toFixed(1)}" y="${bottom + 20}" text-anchor="middle"`;
    return `<path d="M${at.toFixed(1)},${bottom}v5" stroke="#333"/><text ${place}>${escapeMarkup(text)}</text>`;
  });
  const frame = `<path d="M${left},${top}V${bottom}H${right}" fill="none" stroke="#333"/>`;
  const middle = (top + bottom) / 2;
  const labels = [
    `<text x="${(left + right) / 2}" y="${bottom + below + 18}" text-anchor="middle" font-weight="600">${escapeMarkup(chart.x.label)}</text>`,
    `<text transform="translate(16,${middle}) rotate(-90)" text-anchor="middle" font-weight="600">${escapeMarkup(chart.y.label)}</text>`,
  ];
  return [...across, ...upwards, frame, ...labels].join('');
}

function drawReferences(chart: Chart, x: PlacedAxis, y: PlacedAxis, left: number): string {
  const lines = (chart.references ?? []).map(({ at, name }) => {
    const path =
      at === 'diagonal'
        ? `M${x.place(0).toFixed(1)},${y.place(0).toFixed(1)}L${x.place(1).toFixed(1)},${y.place(1).toFixed(1)}`
        : `M${left},${y.place(at).toFixed(1)}H${right}`;
    const text =
      at === 'diagonal'
        ? ''
        : `<text x="${right - 4}" y="${Math.max(top + 12, Math.min(bottom - 4, y.place(at) - 5)).toFixed(1)}" text-anchor="end" fill="#555" font-size="12">${escapeMarkup(name)}</text>`;
    return `<path d="${path}" fill="none" stroke="#777" stroke-dasharray="3 3"/>${text}`;
  });
  return lines.join('');
}

/** A legend in as many lines as its names need; none for a single series. */
function drawLegend(
  { series }: Chart,
  left: number,
  upper: number,
): { readonly markup: string; readonly height: number } {
  if (series.length < 2) return { markup: '', height: 0 };
  let x = left;
  let row = 0;
  const entries = series.map(({ name, marks }, index) => {
    const look = lookOf(index);
    const wide = 44 + name.length * 7.2;
    if (x + wide > right && x > left) {
      x = left;
      row += 1;
    }
    const y = upper + row * legendLine;
    const dash = look.dashes === '' ? '' : ` stroke-dasharray="${look.dashes}"`;
    const stroke =
      marks === 'points' || marks === 'bars'
        ? ''
        : `<path d="M${x},${y}h26" stroke="${look.colour}" stroke-width="1.8"${dash}/>`;
    const glyph =
      marks === 'line' ? '' : `<path transform="translate(${x + 13},${y})" d="${glyphPath(look)}" ${glyphFill(look)}/>`;
    const text = `<text x="${x + 32}" y="${y + 4}">${escapeMarkup(name)}</text>`;
    x += wide;
    return stroke + glyph + text;
  });
  return { markup: entries.join(''), height: (row + 1) * legendLine };
}
