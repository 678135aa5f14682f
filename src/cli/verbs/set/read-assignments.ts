import { DropsweepError } from '../../../base/errors.ts';
import { type BudgetName, budgetFields } from '../../../sweep/file/read-budget.ts';
import { didYouMean } from '../../../sweep/file/sweep-file-problems.ts';
import { readSetting, type SettingName, settingNames } from '../../../sweep/file/read-setting.ts';

export interface SetFlags {
  readonly priority?: number;
  readonly parallelism?: number;
}

export interface Assignments extends SetFlags {
  readonly budget: Readonly<Partial<Record<BudgetName, number | null>>>;
}

/**
 * `budget.hours=4 parallelism=8`, and the flags that say the same; all are read before anything is changed.
 * @throws USAGE
 */
export function readAssignments(words: readonly string[], flags: SetFlags): Assignments {
  const set = new Map<SettingName, number | null>();
  for (const word of words) {
    const at = word.indexOf('=');
    const written = at < 0 ? word : word.slice(0, at);
    const name = at < 0 ? undefined : settingNames.find((known) => known === written);
    if (name === undefined) {
      throw new DropsweepError('USAGE', `nothing to set is called ${written}${didYouMean(written, settingNames)}`, {
        where: word,
        expected: `one of ${settingNames.join(', ')}, each with =VALUE`,
      });
    }
    if (set.has(name)) throw new DropsweepError('USAGE', `${name} is set twice`, { where: word });
    set.set(name, readSetting(name, word.slice(at + 1)));
  }
  for (const [name, value] of [['priority', flags.priority] as const, ['parallelism', flags.parallelism] as const]) {
    if (value === undefined) continue;
    if (set.has(name)) throw new DropsweepError('USAGE', `${name} is set twice`, { where: `--${name}` });
    set.set(name, readSetting(name, String(value)));
  }
  if (set.size === 0) {
    throw new DropsweepError('USAGE', 'what is to be set is not said', {
      expected: `priority=, parallelism=, or one of ${settingNames.slice(2).join(', ')}`,
    });
  }
  const budget: Partial<Record<BudgetName, number | null>> = {};
  for (const { name } of budgetFields) {
    const value = set.get(`budget.${name}`);
    if (value !== undefined) budget[name] = value;
  }
  const priority = set.get('priority') ?? null;
  const parallelism = set.get('parallelism') ?? null;
  return { budget, ...(priority === null ? {} : { priority }), ...(parallelism === null ? {} : { parallelism }) };
}
