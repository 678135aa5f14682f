import { DropsweepError } from '../base/errors.ts';
import { didYouMean } from '../sweep/file/sweep-file-problems.ts';
import type { Condition, ConditionKind } from './condition-kind.ts';
import { best } from './conditions/best.ts';
import { end } from './conditions/end.ts';
import { failures } from './conditions/failures.ts';

/** Every condition that a notice may have, in the order of help. */
export const conditionKinds: readonly ConditionKind[] = [end, failures, best];

/** Conditions as `end,failures>0.1,best` says, each once. @throws USAGE */
export function readConditions(text: string): readonly Condition[] {
  const read = text.split(',').map((word) => readCondition(word.trim()));
  return read.filter(({ text: spelled }, at) => read.findIndex((other) => other.text === spelled) === at);
}

/** @throws USAGE */
export function readCondition(text: string): Condition {
  const name = /^[a-z_]*/.exec(text)?.[0] ?? '';
  const kind = conditionKinds.find((known) => known.name === name);
  const condition = kind?.read(text.slice(name.length)) ?? null;
  if (condition !== null) return condition;
  const near =
    kind === undefined
      ? didYouMean(
          name,
          conditionKinds.map((known) => known.name),
        )
      : '';
  throw new DropsweepError('USAGE', `this is no condition of a notice${near}`, {
    where: '--on',
    got: text,
    expected:
      kind === undefined
        ? `some of ${conditionKinds.map(({ form }) => form).join(', ')}, with commas between them`
        : `${kind.form}, a share below 1 where one stands`,
  });
}
