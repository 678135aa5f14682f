import { setOfClasses } from '../metrics/forms/class-forms.ts';
import { metricNamed } from '../metrics/metrics.ts';
import type { ClassScores } from '../metrics/forms/scored-set.ts';
import { selectClassRows } from '../metrics/parts/temperature-scaling.ts';
import type { RowScores } from './row-scores.ts';

/** Probabilities of classes as rows' scores: what is made of an evaluation's outputs afterwards, such as by a temperature. */
export function classRowScores(content: ClassScores, dataset: string): RowScores {
  const rows = content.labels.length;
  const over = (metric: string, chosen: ArrayLike<number>): number | null => {
    const selected = selectClassRows(content, chosen);
    if (metric === 'loss') return meanLoss(selected);
    const set = setOfClasses(selected);
    const found = metricNamed(metric)
      ?.computations.find(({ form }) => form === set.form)
      ?.compute(set);
    return typeof found === 'number' && Number.isFinite(found) ? found : null;
  };
  const known = new Map<string, Float64Array | null>();
  const perRow = (metric: string): Float64Array | null => {
    if (metricNamed(metric)?.over !== 'rows') return null;
    const found = known.get(metric);
    if (found !== undefined) return found;
    const values = Float64Array.from({ length: rows }, (_, row) => over(metric, [row]) ?? Number.NaN);
    const kept = values.some(Number.isNaN) ? null : values;
    known.set(metric, kept);
    return kept;
  };
  return {
    rows,
    dataset,
    perRow,
    weights: () => null,
    value(metric, chosen) {
      const values = perRow(metric);
      return values === null
        ? over(metric, chosen)
        : chosen.reduce((sum, row) => sum + (values[row] ?? 0), 0) / chosen.length;
    },
  };
}

function meanLoss({ names, probabilities, labels }: ClassScores): number {
  const ofLabel = (label: number, row: number): number => probabilities[row * names.length + label] ?? 0;
  const sum = labels.reduce(
    (total, label, row) => total - Math.log(Math.max(Number.MIN_VALUE, ofLabel(label, row))),
    0,
  );
  return sum / labels.length;
}
