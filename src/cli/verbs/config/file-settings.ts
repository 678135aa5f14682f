import { parse } from 'yaml';
import type { Json } from '../../../base/canonical-json.ts';
import { checkSweepText } from '../../../launch/read-sweep-file.ts';
import type { SweepDefinition } from '../../../sweep/sweep-definition.ts';
import { trainingField } from '../../../sweep/training-fields.ts';
import type { SettingRow } from './setting-row.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a sweep file says of how its trainings are, and what it leaves to its recipe or the default; of an axis its values.
 * @throws DropsweepError SWEEP_FILE_INVALID
 */
export function fileSettings(text: string, place: string): readonly SettingRow[] {
  const definition = checkSweepText(text, place);
  const written = mapping(parse(text, { merge: true }));
  const taken: Fields = definition.recipe?.fields ?? {};
  const row = (field: string, value: Json, ...others: readonly string[]): SettingRow => {
    const names = [field, ...others].map((name) => name.split('.'));
    const says = (fields: Fields): boolean => names.some((name) => has(fields, name));
    const source = says(written) ? 'file' : says(taken) ? 'recipe' : 'default';
    return { setting: field, value, source, flag: null, file: field };
  };
  const { base, search, scheduler, parallelism, priority, device = 'auto' } = definition;
  const rows = [
    row('base', base),
    row('search', search.kind),
    row('scheduler', scheduler.kind),
    row('parallelism', parallelism),
    row('priority', priority),
    row('device', device),
    ...trainingRows(definition).map(({ section, name, alias, value }) =>
      row(`${section}.${name}`, value, ...(alias === undefined ? [] : [`${section}.${alias}`])),
    ),
  ];
  const said = rows.filter(({ source }) => source !== 'default').map(({ setting }) => fieldOf(setting));
  return rows.filter(
    ({ setting, source }) => source !== 'default' || !said.some((other) => sayTheSame(other, fieldOf(setting))),
  );
}

function fieldOf(setting: string): string {
  return setting.replace(/^(space|training)\./, '');
}

/** Whether two fields say one thing in two ways. */
function sayTheSame(one: string, other: string): boolean {
  const excludes = (name: string) => trainingField(name)?.excludes ?? [];
  return excludes(one).includes(other) || excludes(other).includes(one);
}

interface TrainingRow {
  readonly section: 'space' | 'training';
  readonly name: string;
  readonly alias?: string;
  readonly value: Json;
}

/** Its axes, then what all trainings have. */
function trainingRows({ space, training }: SweepDefinition): readonly TrainingRow[] {
  const named = (section: TrainingRow['section'], values: Fields): readonly TrainingRow[] =>
    Object.entries(values).map(([name, value]) => {
      const alias = trainingField(name)?.alias;
      return { section, name, value: value as Json, ...(alias === undefined ? {} : { alias }) };
    });
  const constants = Object.entries(training).filter(([name]) => !(name in space));
  return [...named('space', space), ...named('training', Object.fromEntries(constants))];
}

function has(fields: Fields, [first = '', ...rest]: readonly string[]): boolean {
  if (!(first in fields)) return false;
  return rest.length === 0 || has(mapping(fields[first]), rest);
}

function mapping(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
