import { isMap } from 'yaml';
import { aboveZero, seedRule, type NumberRule } from './number-rules.ts';
import type { HeldOut } from '../sweep-definition.ts';
import type { TaskSection } from './task-section.ts';
import type { YamlSection } from './yaml-section.ts';

/** Whether dev is drawn from the train rows. */
export function isHeldOut(section: YamlSection): boolean {
  const dev = section.has('dev') ? section.field('dev') : null;
  return dev !== null && isMap(dev.node);
}

const share: NumberRule = {
  whole: false,
  accepts: (value) => aboveZero.accepts(value) && value < 1,
  expected: 'a number above 0 and below 1',
};

/** `dev: {fraction: 0.1, stratify: true, seed: 0}`. */
export function readHeldOut(section: YamlSection, task: TaskSection | undefined): HeldOut | null {
  const part = section.section('dev');
  if (part === null) return null;
  if (!part.has('fraction')) part.missing('fraction', 'the share of the train rows that dev gets, such as 0.1');
  const fraction = part.number('fraction', share);
  const field = part.field('stratify');
  const stratify = field === null ? false : (part.flagOf(field) ?? false);
  if (field !== null && stratify && task?.columns.some(({ classes }) => classes === true) === false)
    part.reading.report(field.node, field.name, `is for rows that have one class each, which ${task.kind} has not`);
  const seed = part.number('seed', seedRule) ?? 0;
  part.finish();
  return fraction === null ? null : { fraction, stratify, seed };
}
