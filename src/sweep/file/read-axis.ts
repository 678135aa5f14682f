import { isMap, isSeq } from 'yaml';
import type { AxisValue, FieldForm } from '../fields/field-forms.ts';
import type { AxisDetail } from '../sweep-definition.ts';
import type { Field, YamlSection } from './yaml-section.ts';
import type { NumberRule } from './number-rules.ts';

export interface AxisReading {
  readonly values: readonly AxisValue[];
  readonly scale?: 'linear' | 'log';
  readonly detail?: AxisDetail;
  /** Axes that it is there for, with the values of them, and where that stands. */
  readonly when?: { readonly field: Field; readonly section: YamlSection };
}

type AxisForm = NonNullable<FieldForm['axis']>;

/**
 * An axis of the space: a list, a range {min, max, scale, step}, {zero_or: range}, {choice: list}, or for seeds
 * {count, name}; each of the mappings
 * may say for which values of other axes it is there: `when: {adapter: adalora}`.
 * @param ranges whether the search draws from ranges
 */
export function readAxis(section: YamlSection, field: Field, axis: AxisForm, ranges: boolean): AxisReading | null {
  const list = (of: YamlSection, items: Field): AxisReading => ({
    values: of.list(items, (item) => axis.read(of, item)),
  });
  if (!isMap(field.node)) return list(section, field);
  const own = section.section(field.name.slice(section.path.length + 1));
  if (own === null) return null;
  const conditions = own.has('when') ? own.field('when') : null;
  const when = conditions === null ? {} : { when: { field: conditions, section: own } };
  if (conditions !== null && axis.drawn !== undefined)
    own.reading.report(conditions.node, conditions.name, 'is not for seeds, which every point has; leave it out');
  const choice = own.has('choice') ? own.field('choice') : null;
  if (choice !== null) {
    own.finish();
    return { ...list(own, choice), ...when };
  }
  if (axis.drawn !== undefined) {
    const values = readSeeds(section, field, own, axis.drawn);
    return values === null ? null : { values };
  }
  if (axis.range === null) {
    section.wrong(field, 'a list of values, or {choice: [...], when: {...}}');
    return null;
  }
  if (!ranges || isSeq(field.node)) {
    section.wrong(field, 'a list of values; ranges are for search: {kind: random}, sobol, tpe or nsga2');
    return null;
  }
  const zero = own.has('zero_or') ? own.section('zero_or') : null;
  const range = readRange(zero ?? own, axis.range);
  if (zero !== null) {
    if (axis.range.accepts(0)) own.finish();
    else section.wrong(field, `${axis.range.expected}, so that zero_or is not for it`);
  }
  if (range === null) return null;
  const detail = {
    ...(range.step === null ? {} : { step: range.step }),
    ...(zero === null ? {} : { zero_or: true as const }),
  };
  return {
    values: [range.min, range.max],
    scale: range.scale,
    ...(Object.keys(detail).length === 0 ? {} : { detail }),
    ...when,
  };
}

const drawnCount: NumberRule = {
  expected: 'a whole number from 1 to 1000',
  whole: true,
  accepts: (value) => Number.isSafeInteger(value) && value >= 1 && value <= 1000,
};

type Drawn = NonNullable<AxisForm['drawn']>;

/** Seeds are no range: each point comes with each of them, and none is searched for. */
function readSeeds(section: YamlSection, field: Field, own: YamlSection, drawn: Drawn): readonly number[] | null {
  if (own.has('count') || own.has('name')) return readDrawn(own, drawn);
  section.wrong(field, 'a list of seeds, [0, 1, 2] or {count: 5, name: paper}: every point is trained with each');
  return null;
}

/** `{count: 5, name: paper}` */
function readDrawn(section: YamlSection, drawn: Drawn): readonly number[] | null {
  const count = section.number('count', drawnCount);
  const name = section.text('name');
  if (!section.has('count')) section.missing('count', drawnCount.expected);
  if (!section.has('name')) section.missing('name', 'a name that the values are drawn by');
  section.finish();
  return count === null || name === null ? null : drawn(name, count);
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly scale: 'linear' | 'log';
  readonly step: number | null;
}

function readRange(section: YamlSection, rule: NumberRule): Range | null {
  const min = section.number('min', rule);
  const max = section.number('max', rule);
  const scale = section.choice('scale', ['linear', 'log']) ?? 'linear';
  const positive: NumberRule = {
    expected: rule.whole ? 'a whole number above 0' : 'a number above 0',
    whole: rule.whole,
    accepts: (value) => value > 0 && Number.isFinite(value) && (!rule.whole || Number.isSafeInteger(value)),
  };
  const step = section.number('step', positive);
  if (!section.has('min')) section.missing('min', rule.expected);
  if (!section.has('max')) section.missing('max', rule.expected);
  section.finish();
  if (min === null || max === null) return null;
  const report = (text: string): void => section.reading.report(section.node, section.path, text);
  if (min >= max) report(`min ${min} is not below max ${max}`);
  if (scale === 'log' && min <= 0)
    report('a log scale needs a min above 0; zero_or: {min, max, scale: log} tries 0 besides');
  if (step !== null && step > max - min) report(`step ${step} is more than from min ${min} to max ${max}`);
  return { min, max, scale, step };
}
