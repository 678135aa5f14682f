import type { Chart } from './chart.ts';
import { drawSeries, glyphOf, lookOf, strokeOf } from './chart-marks.ts';
import { type PlacedAxis, placeX, placeY } from './chart-scales.ts';
import type { Drawing, Place, Shape, Stroke, TextShape } from './drawing.ts';

const width = 720;
const plotHeight = 300;
const right = width - 18;
const top = 14;
const bottom = top + plotHeight;
const legendLine = 20;
/** Of lines to compare with. */
const reference: Stroke = { colour: '#777', width: 1, dashes: '3 3' };

export interface NamedChart {
  readonly caption: string;
  readonly chart: Chart;
}

/** The shapes of a figure. */
export function drawChart({ caption, chart }: NamedChart): Drawing {
  const y = placeY(chart, [bottom, top], 6);
  const left = 44 + 7.5 * Math.max(2, ...y.ticks.map(({ text }) => text.length));
  const x = placeX(chart, [left, right], 8);
  const slanted = x.ticks.reduce((sum, { text }) => sum + text.length * 7 + 12, 0) > right - left;
  const below = slanted ? 22 + Math.min(90, Math.max(...x.ticks.map(({ text }) => text.length)) * 4.4) : 22;
  const legend = drawLegend(chart, left, bottom + below + 34);
  const base = Math.min(bottom, Math.max(top, y.place(0)));
  return {
    width,
    height: Math.ceil(bottom + below + 34 + legend.height),
    title: caption,
    description: chart.description,
    shapes: [
      ...drawAxes(chart, { x, y, left, slanted, below }),
      ...drawReferences(chart, x, y, left),
      // The first of the legend lies on top.
      ...chart.series
        .map((series, index) => drawSeries(series, lookOf(index), x, y, base))
        .reverse()
        .flat(),
      ...legend.shapes,
    ],
  };
}

function textAt(text: string, at: Place, look: Partial<TextShape> = {}): TextShape {
  return { kind: 'text', text, at, anchor: 'middle', size: 13, colour: '#000', ...look };
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

function drawAxes(chart: Chart, { x, y, left, slanted, below }: PlacedAxes): readonly Shape[] {
  const across = y.ticks.flatMap(({ at, text }): readonly Shape[] => [
    { kind: 'path', d: `M${left},${at.toFixed(1)}H${right}`, stroke: { colour: '#ddd', width: 1 } },
    textAt(text, { x: left - 8, y: at + 4 }, { anchor: 'end' }),
  ]);
  const upwards = x.ticks.flatMap(({ at, text }): readonly Shape[] => [
    { kind: 'path', d: `M${at.toFixed(1)},${bottom}v5`, stroke: { colour: '#333', width: 1 } },
    slanted
      ? textAt(text, { x: at, y: bottom + 16 }, { anchor: 'end', turned: -35 })
      : textAt(text, { x: at, y: bottom + 20 }),
  ]);
  return [
    ...across,
    ...upwards,
    { kind: 'path', d: `M${left},${top}V${bottom}H${right}`, stroke: { colour: '#333', width: 1 } },
    textAt(chart.x.label, { x: (left + right) / 2, y: bottom + below + 18 }, { bold: true }),
    textAt(chart.y.label, { x: 16, y: (top + bottom) / 2 }, { bold: true, turned: -90 }),
  ];
}

function drawReferences(chart: Chart, x: PlacedAxis, y: PlacedAxis, left: number): readonly Shape[] {
  return (chart.references ?? []).flatMap(({ at, name }): readonly Shape[] => {
    const d =
      at === 'diagonal'
        ? `M${x.place(0).toFixed(1)},${y.place(0).toFixed(1)}L${x.place(1).toFixed(1)},${y.place(1).toFixed(1)}`
        : `M${left},${y.place(at).toFixed(1)}H${right}`;
    const line: Shape = { kind: 'path', d, stroke: reference };
    if (at === 'diagonal') return [line];
    const height = Math.max(top + 12, Math.min(bottom - 4, y.place(at) - 5));
    return [line, textAt(name, { x: right - 4, y: height }, { anchor: 'end', colour: '#555', size: 12 })];
  });
}

interface LegendEntry {
  readonly name: string;
  /** What stands before the name, 26 wide. */
  readonly sample: (at: Place) => readonly Shape[];
}

function legendEntries({ series, references = [] }: Chart): readonly LegendEntry[] {
  const drawn = series.map(({ name, marks }, index): LegendEntry => {
    const look = lookOf(index);
    const sample = ({ x, y }: Place): readonly Shape[] => [
      ...(marks === 'points' || marks === 'bars' ? [] : [lineSample({ x, y }, strokeOf(look))]),
      ...(marks === 'line' ? [] : [{ kind: 'path' as const, at: { x: x + 13, y }, ...glyphOf(look) }]),
    ];
    return { name, sample };
  });
  // A line that is level has its name beside it.
  const diagonals = references.filter(({ at }) => at === 'diagonal');
  return [...drawn, ...diagonals.map(({ name }) => ({ name, sample: (at: Place) => [lineSample(at, reference)] }))];
}

function lineSample({ x, y }: Place, stroke: Stroke): Shape {
  return { kind: 'path', d: `M${x},${y}h26`, stroke };
}

/** A legend in as many lines as its names need; none for a single series. */
function drawLegend(
  chart: Chart,
  left: number,
  upper: number,
): { readonly shapes: readonly Shape[]; readonly height: number } {
  const entries = legendEntries(chart);
  if (entries.length < 2) return { shapes: [], height: 0 };
  let x = left;
  let row = 0;
  const shapes = entries.flatMap(({ name, sample }): readonly Shape[] => {
    const wide = 44 + name.length * 7.2;
    if (x + wide > right && x > left) {
      x = left;
      row += 1;
    }
    const at = { x, y: upper + row * legendLine };
    x += wide;
    return [...sample(at), textAt(name, { x: at.x + 32, y: at.y + 4 }, { anchor: 'start' })];
  });
  return { shapes, height: (row + 1) * legendLine };
}
