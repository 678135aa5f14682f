import { DropsweepError } from '../../base/errors.ts';
import { type NumberRule, priorityRule, refusal, wholeFrom } from './number-rules.ts';
import { type BudgetName, budgetFields } from './read-budget.ts';

export type SettingName = 'priority' | 'parallelism' | `budget.${BudgetName}`;

/** What may be set of a sweep while it runs, with what it accepts; of a limit `none` takes it away. */
const settings: readonly { readonly name: SettingName; readonly rule: NumberRule; readonly limit: boolean }[] = [
  { name: 'priority', rule: priorityRule, limit: false },
  { name: 'parallelism', rule: wholeFrom(1), limit: false },
  ...budgetFields.map(({ name, rule }) => ({ name: `budget.${name}` as const, rule, limit: true })),
];

export const settingNames: readonly SettingName[] = settings.map(({ name }) => name);

/**
 * A setting's value as people write it; null: `none`, of a limit.
 * @throws USAGE
 */
export function readSetting(name: SettingName, text: string): number | null {
  const setting = settings.find((known) => known.name === name);
  if (setting === undefined) throw new RangeError(`${name} is no setting`);
  const { rule, limit } = setting;
  if (limit && text === 'none') return null;
  const value = Number(text);
  if (text.trim() !== '' && rule.accepts(value)) return value;
  throw new DropsweepError('USAGE', `no value of ${name}`, {
    where: `${name}=${text}`,
    got: text === '' ? 'nothing' : text,
    expected: limit ? `${refusal(rule, value)}, or none` : refusal(rule, value),
  });
}
