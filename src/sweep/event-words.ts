import { formatCount } from '../base/format-count.ts';
import { formatNumber } from '../metrics/values/format-number.ts';
import { formatMeasure } from '../metrics/metrics.ts';

/** The facts of an event, by their names in the record; of an older version any may be missing. */
export interface EventFacts {
  /** Words or a number, as people read them; null: it is not there. */
  readonly text: (name: string) => string | null;
  readonly number: (name: string) => number | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export function factsOf(detail: Readonly<Record<string, unknown>>): EventFacts {
  return {
    detail,
    text: (name) => valueText(detail[name]),
    number: (name) => {
      const value = detail[name];
      return typeof value === 'number' ? value : null;
    },
  };
}

function valueText(value: unknown): string | null {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : formatNumber(value);
  if (typeof value === 'string') return value.split('\n')[0] ?? '';
  return typeof value === 'boolean' ? String(value) : null;
}

/** `trial 7`, `trials 7–10`: evaluations of one training are numbered one after another. */
export function trialsText(trials: readonly number[]): string {
  const [first = 0] = trials;
  const last = trials.at(-1) ?? first;
  if (first === last) return `trial ${first}`;
  return last - first === trials.length - 1 ? `trials ${first}–${last}` : `trials ${trials.join(', ')}`;
}

/** A failure with its message, or its code where the message does not begin with it. */
export function because(what: string, { text }: EventFacts): string {
  const [code, message] = [text('code'), text('message')];
  if (message === null) return code === null ? what : `${what}: ${code}`;
  return code === null || message.startsWith(`${code}: `) ? `${what}: ${message}` : `${what}: ${code}, ${message}`;
}

export function withCount(what: string, count: number | null, noun: string): string {
  return count === null ? what : `${what}, ${formatCount(count, noun)}`;
}

export function atStep({ text }: EventFacts): string {
  const step = text('step');
  return step === null ? '' : ` at step ${step}`;
}

export function lostText(deaths: number | null): string {
  return `lost the trainer process${deaths === null || deaths < 2 ? '' : `, ${deaths} times by now`}`;
}

export function begunAnew(lostSteps: string | null): string {
  return lostSteps === null ? 'began anew' : `went back by ${formatCount(Number(lostSteps), 'step')}`;
}

/** A value of the metric that an event names. */
export function measure({ text, number }: EventFacts, name: string): string | null {
  const value = number(name);
  return value === null ? null : formatMeasure(text('metric') ?? '', value);
}

/** `hours 4, failures without limit`. */
export function changesText(changes: unknown): string {
  const told = Object.entries(recordOf(changes)).map(
    ([name, value]) => `${name.replaceAll('_', ' ')} ${value === null ? 'without limit' : (valueText(value) ?? '?')}`,
  );
  return told.length === 0 ? 'nothing is changed' : told.join(', ');
}

/** What one pass took, by the size of the pack that was tried. */
export function passTimes(times: unknown): string {
  const told = Object.entries(recordOf(times)).map(([size, ms]) => `${size}: ${valueText(ms) ?? '–'} ms`);
  return told.length === 0 ? '' : ` (a pass in packs of ${told.join(', ')})`;
}

export function trialsOf({ trials }: EventFacts['detail'], otherwise: string): string {
  const numbers = Array.isArray(trials) ? trials.filter((trial) => typeof trial === 'number') : [];
  return numbers.length === 0 ? otherwise : trialsText(numbers);
}

export function noticeText({ text }: EventFacts): string {
  return `notice ${text('notice') ?? '?'}`;
}

/** What a notice is on, and where it goes. */
export function onWhat({ text, detail }: EventFacts): string {
  const way = ['webhook', 'command'].find((name) => name in detail);
  const to = way === undefined ? '' : `, by ${way} ${text(way) ?? ''}`;
  return `${text('on') === null ? '' : ` on ${text('on')}`}${to}`;
}

/** An event that this version does not know: its kind and its facts. */
export function unknownText(kind: string, detail: EventFacts['detail']): string {
  const facts = Object.entries(detail).flatMap(([name, value]) => {
    const told = valueText(value);
    return told === null ? [] : [`${name.replaceAll('_', ' ')} ${told}`];
  });
  return [kind.replaceAll('_', ' '), ...facts].join(', ');
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
