import { DropsweepError } from '../../../base/errors.ts';
import { wholeFrom } from '../../../sweep/number-rules.ts';
import { type BudgetName, budgetFields } from '../../../sweep/read-budget.ts';
import { didYouMean } from '../../../sweep/sweep-file-problems.ts';
import type { NumberRule } from '../../../sweep/yaml-section.ts';
import type { SetFlags } from './set-verb.ts';

export interface Assignments extends SetFlags {
  readonly budget: Readonly<Partial<Record<BudgetName, number | null>>>;
}

/** What a sweep file may say of priority: PostgreSQL's integers. */
const largestPriority = 2_147_483_647;

const priorityRule: NumberRule = {
  expected: 'a whole number',
  whole: true,
  accepts: (value) => Number.isInteger(value) && Math.abs(value) <= largestPriority,
};
const parallelismRule = wholeFrom(1);

/**
 * `budget.hours=4 parallelism=8`, and the flags that say the same; all are read before anything is changed.
 * @throws USAGE
 */
export function readAssignments(words: readonly string[], flags: SetFlags): Assignments {
  const known = ['priority', 'parallelism', ...budgetFields.map(({ name }) => `budget.${name}`)];
  const set = new Map<string, number | null>();
  for (const word of words) {
    const at = word.indexOf('=');
    const name = at < 0 ? word : word.slice(0, at);
    if (at < 0 || !known.includes(name)) {
      throw new DropsweepError('USAGE', `nothing to set is called ${name}${didYouMean(name, known)}`, {
        where: word,
        expected: `one of ${known.join(', ')}, each with =VALUE`,
      });
    }
    if (set.has(name)) throw new DropsweepError('USAGE', `${name} is set twice`, { where: word });
    set.set(name, readValue(name, word.slice(at + 1)));
  }
  for (const [name, value] of [['priority', flags.priority] as const, ['parallelism', flags.parallelism] as const]) {
    if (value === undefined) continue;
    if (set.has(name)) throw new DropsweepError('USAGE', `${name} is set twice`, { where: `--${name}` });
    set.set(name, readValue(name, String(value)));
  }
  if (set.size === 0) {
    throw new DropsweepError('USAGE', 'what is to be set is not said', {
      expected: `priority=, parallelism=, or one of ${known.slice(2).join(', ')}`,
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

/** Null: `none`, of a limit. */
function readValue(name: string, text: string): number | null {
  const limit = budgetFields.find((field) => name === `budget.${field.name}`);
  if (limit !== undefined && text === 'none') return null;
  const rule = limit?.rule ?? (name === 'priority' ? priorityRule : parallelismRule);
  const value = Number(text);
  if (text.trim() !== '' && rule.accepts(value)) return value;
  throw new DropsweepError('USAGE', `no value of ${name}`, {
    where: `${name}=${text}`,
    got: text === '' ? 'nothing' : text,
    expected: limit === undefined ? rule.expected : `${rule.expected}, or none`,
  });
}
