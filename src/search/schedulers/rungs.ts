import { isScalar } from 'yaml';
import { DropsweepError } from '../../base/errors.ts';
import type { KindField, KindSettings } from '../../sweep/file/search-section.ts';
import { numbersSetting } from '../../sweep/file/search-section.ts';
import { properShare } from '../../sweep/file/number-rules.ts';
import type { Field, YamlSection } from '../../sweep/file/yaml-section.ts';
import type { TrainingLength } from '../scheduler.ts';

/** What rungs are counted in; left out of a definition where they are shares of the steps. */
const units = ['steps', 'epochs'] as const;
type Unit = (typeof units)[number];

export const rungsField: KindField = {
  name: 'rungs',
  expected: 'shares between 0 and 1, `200 steps` or `1 epoch`, rising',
  sentence: 'After which shares of its steps, after how many steps, or after how many epochs of a training it decides',
};

/**
 * `rungs`: shares of the steps in (0, 1), or `[200 steps, 400 steps]`, or `[1 epoch, 2 epochs]`, rising from one rung to the
 * next; the training's end is a rung anyway. However a unit is written, the same rungs are one definition.
 */
export function readRungs(section: YamlSection): KindSettings & { readonly rungs: readonly number[] } {
  const field = section.field('rungs');
  if (!section.has('rungs')) section.missing('rungs', 'shares of the steps, steps or epochs, for instance [0.25, 0.5]');
  if (field === null) return { rungs: [] };
  const written = section.list(field, (item) => readRung(section, item)).map(String);
  const read = written.map((each) => ({
    value: Number.parseFloat(each),
    unit: units.find((unit) => each.endsWith(unit)),
  }));
  const rungs = read.map(({ value }) => value);
  const [unit] = read.map((each) => each.unit);
  const report = (text: string): void => section.reading.report(field.node, field.name, text);
  if (read.some((each) => each.unit !== unit)) report('all rungs are shares, or steps, or epochs');
  else if (rungs.some((rung, index) => rung < (rungs[index - 1] ?? 0)))
    report(`the ${unit ?? 'shares'} must rise from one rung to the next`);
  return unit === undefined ? { rungs } : { rungs, rungs_in: unit };
}

/** A share, or a number with its unit, spelled in one way. Null: it is neither. */
function readRung(section: YamlSection, item: Field): number | string | null {
  const text = isScalar(item.node) && typeof item.node.value === 'string' ? item.node.value.trim() : '';
  const [, number, name] = /^(\d+(?:\.\d+)?)\s*(step|epoch)s?$/.exec(text) ?? [];
  const value = Number(number);
  const isWhole = name === 'epoch' || Number.isSafeInteger(value);
  if (number !== undefined && value > 0 && isWhole) return `${value} ${name}s`;
  return section.numberOf(item, { ...properShare, expected: `${properShare.expected}, or 200 steps, or 1 epoch` });
}

/** The rungs of a definition. */
export interface Rungs {
  /** Those that decide; the training's end is one more. */
  readonly deciding: number;
  /** Steps at which they end; the last is the training's end. Fewer than there are where it is too short for them. */
  stepsOf(length: TrainingLength): readonly number[];
}

export function rungsOf(settings: { readonly kind: string } & KindSettings): Rungs {
  const rungs = numbersSetting(settings, 'rungs');
  const unit = units.find((each) => each === settings['rungs_in']);
  return { deciding: rungs.length, stepsOf: (length) => stepsIn(rungs, unit, length) };
}

/** Steps at which rungs of these shares end; the last is the training's end. */
export function stepsOfShares(shares: readonly number[], totalSteps: number): readonly number[] {
  return endingAt(
    shares.map((share) => share * totalSteps),
    totalSteps,
  );
}

function stepsIn(
  rungs: readonly number[],
  unit: Unit | undefined,
  { steps, epochs }: TrainingLength,
): readonly number[] {
  if (unit === undefined) return stepsOfShares(rungs, steps);
  if (unit === 'steps') return endingAt(rungs, steps);
  if (epochs === undefined) throw withoutEpochs();
  return endingAt(
    rungs.map((rung) => (rung * steps) / epochs),
    steps,
  );
}

function endingAt(rungs: readonly number[], totalSteps: number): readonly number[] {
  const ends = rungs.map((rung) => Math.min(totalSteps, Math.max(1, Math.round(rung))));
  return [...new Set([...ends, totalSteps])].sort((a, b) => a - b);
}

function withoutEpochs(): DropsweepError {
  return new DropsweepError('SWEEP_FILE_INVALID', 'a program has no epochs that rungs could be counted in', {
    where: 'scheduler.rungs',
    got: 'epochs',
    expected: 'shares of the steps, or steps',
    fix: 'name the steps of the program at which it decides, for instance [3 steps, 9 steps]',
  });
}
