import type { StepValue } from '../../store/views/step-values.ts';
import { brailleChart, type ChartLine, type ChartPoint } from '../charts/braille-chart.ts';
import type { StyledLine } from '../terminal/styled-line.ts';
import type { TrainingCurves, TrialOutputs } from '../reading/view-source.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';

/** One drawing of a training's view. */
export interface Panel {
  /** Its caption, the longest wording first. */
  readonly captions: readonly string[];
  readonly draw: (width: number, height: number) => readonly StyledLine[];
}

/** A training's curves and those of others, to compare with. */
export interface OverlaidCurves extends TrainingCurves {
  readonly over: readonly TrainingCurves[];
  readonly outputs: TrialOutputs | null;
}

/** Panels that a training's view can show, in a file of this folder; none where the training has nothing of it. */
export type PanelsOf = (curves: OverlaidCurves, sweep: Pick<SweepSnapshot, 'definition'>) => readonly Panel[];

/** A curve, titled with the last of its values. */
export function lineOf(
  title: string,
  points: readonly ChartPoint[],
  xName: string,
  format: (value: number) => string,
  further: { readonly label: string; readonly others: readonly ChartLine[] } = { label: '', others: [] },
): Panel {
  const last = points.findLast(({ y }) => Number.isFinite(y));
  const broken = points.filter(({ y }) => !Number.isFinite(y)).length;
  const lost = broken === 0 ? '' : `, ${broken} NOT FINITE`;
  const value = last === undefined ? '' : ` ${format(last.y)}`;
  const place = last === undefined ? '' : ` at ${xName} ${last.x}`;
  const captions = [`${title}${value}${place}${lost}`, `${title}${value}${lost}`, `${title}${lost}`, title];
  return { captions, draw: (width, height) => brailleChart({ points, ...further, xName, width, height }) };
}

/** Values by step, from step 1. */
export function pointsOf(values: readonly StepValue[]): readonly ChartPoint[] {
  return values.map(({ step, value }) => ({ x: step, y: value }));
}
