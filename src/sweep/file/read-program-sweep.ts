import { isMap } from 'yaml';
import type { FieldValue } from '../fields/training-field.ts';
import { freeField, freeFields, readConstant } from '../free-fields.ts';
import { asMeasured, noTask, programConfiguration, programName } from '../no-base.ts';
import { seedRule } from './number-rules.ts';
import { readAxis } from './read-axis.ts';
import { readBudget } from './read-budget.ts';
import { type AxisField, readConditions, readConstraints } from './read-conditions.ts';
import type { FileLookup } from './file-lookup.ts';
import { readEnqueue } from './read-enqueue.ts';
import { readLearnFrom } from './read-learn-from.ts';
import { readName } from './read-name.ts';
import { readProgram } from './read-program.ts';
import { readRunning } from './read-running.ts';
import { readScheduler, readSearch } from './read-search.ts';
import type { SpaceReading } from './read-space.ts';
import type { SearchSections } from './search-section.ts';
import { didYouMean } from './sweep-file-problems.ts';
import type { AxisDetail, SweepDefinition } from '../sweep-definition.ts';
import type { Objective, ProgramSettings } from '../vocabulary.ts';
import type { Field, YamlSection } from './yaml-section.ts';

type FreeSpace = Omit<SpaceReading, 'ensembleSizes'>;

/** Whether a file is of a program's sweep: its trainer is a mapping, not one of the product's own by name. */
export function isProgramSweep(file: YamlSection): boolean {
  const field = file.has('trainer') ? file.field('trainer') : null;
  return field !== null && isMap(field.node);
}

/**
 * A sweep of a program of the user's: axes, constants and metrics have the names that it gives them; there is neither
 * base nor task nor evaluation. Search, scheduler, budget and the rest are as of any sweep.
 */
export function readProgramSweep(
  file: YamlSection,
  lookup: FileLookup,
  { samplers, schedulers }: SearchSections,
): SweepDefinition | null {
  const name = readName(file);
  const search = readSearch(file, samplers);
  const spaceSection = file.section('space');
  const fields = spaceSection === null ? [] : freeFields(spaceSection);
  const sampler = samplers.find(({ kind }) => kind === search.kind);
  const space = readFreeSpace(spaceSection, fields, sampler?.ranges === true);
  const enqueue = readEnqueue(file, space, fields);
  const learnFrom = readLearnFrom(file, sampler);
  const constants = readConstants(
    file,
    fields.filter((field) => space.axes[field.name]?.when === undefined),
  );
  const names = [...fields.map((field) => field.name), ...constants.map(([constant]) => constant)];
  const program = readProgram(file, lookup, { sweep: name ?? '', names: ['seed', ...names] });
  const scheduler = readScheduler(file, schedulers);
  const texts = [...Object.entries(space.space), ...constants].flatMap(([field, value]) =>
    isNumeric(value) ? [] : [field],
  );
  const constraints = readConstraints(file, [...fields, ...constants.map(([constant]) => freeField(constant))], texts);
  const budget = readBudget(file);
  const objectives = readFreeObjectives(file, program);
  const { parallelism, priority, device } = readRunning(file);
  if (name === null || program === null) return null;
  const training = programConfiguration(constants);
  return {
    name,
    base: programName(program),
    task: noTask,
    space: space.space,
    ...(Object.keys(space.scales).length === 0 ? {} : { scales: space.scales }),
    ...(Object.keys(space.axes).length === 0 ? {} : { axes: space.axes }),
    ...(constraints.length === 0 ? {} : { constraints }),
    training,
    evaluations: [asMeasured],
    search: {
      ...search,
      ...(enqueue.length === 0 ? {} : { enqueue }),
      ...(learnFrom.length === 0 ? {} : { learn_from: learnFrom }),
    },
    scheduler,
    ...(budget === null ? {} : { budget }),
    objectives,
    parallelism,
    priority,
    ...(device === 'auto' ? {} : { device }),
    trainer: program.command === undefined ? 'asked' : 'command',
    program,
  };
}

function readFreeSpace(section: YamlSection | null, fields: readonly AxisField[], ranges: boolean): FreeSpace {
  const space: Record<string, readonly (number | string)[]> = {};
  const scales: Record<string, 'linear' | 'log'> = {};
  const axes: Record<string, AxisDetail> = {};
  const conditional: { name: string; field: Field; section: YamlSection }[] = [];
  for (const { name, form } of fields) {
    const field = section?.field(name) ?? null;
    if (section === null || field === null || form.axis === null) continue;
    const reading = readAxis(section, field, form.axis, ranges);
    if (reading === null) continue;
    space[name] = reading.values;
    if (reading.scale !== undefined) scales[name] = reading.scale;
    if (reading.detail !== undefined) axes[name] = reading.detail;
    if (reading.when !== undefined) conditional.push({ name, ...reading.when });
  }
  for (const [name, when] of Object.entries(readConditions(conditional, space, scales, fields)))
    axes[name] = { ...axes[name], when };
  section?.finish();
  return { space, scales, axes };
}

/** An axis of numbers alone, or a fixed number. */
function isNumeric(value: FieldValue | readonly (number | string)[]): boolean {
  return typeof value === 'number' || (Array.isArray(value) && value.every((each) => typeof each === 'number'));
}

/** The `training` section: values that every training has. */
function readConstants(file: YamlSection, axes: readonly AxisField[]): readonly (readonly [string, FieldValue])[] {
  const section = file.section('training');
  if (section === null) return [];
  const constants = freeFields(section).flatMap(({ name }): readonly (readonly [string, FieldValue])[] => {
    const field = section.field(name);
    if (field === null) return [];
    if (axes.some((axis) => axis.name === name))
      section.reading.report(field.node, field.name, `${name} is an axis of the space; keep it in one place`);
    const value = name === 'seed' ? section.numberOf(field, seedRule) : readConstant(section, field);
    return value === undefined || value === null ? [] : [[name, value]];
  });
  section.finish();
  return constants;
}

/** Names of the program's metrics; absent: the first of them. */
function readFreeObjectives(file: YamlSection, program: ProgramSettings | null): readonly Objective[] {
  const metrics = program?.metrics ?? {};
  const names = Object.keys(metrics);
  const field = file.has('objectives') ? file.field('objectives') : null;
  const chosen =
    field === null
      ? names.slice(0, 1)
      : file.list(field, (item) => {
          const text = file.textOf(item);
          if (text === null || program === null || names.includes(text)) return text;
          file.wrong(item, `one of trainer.metrics: ${names.join(', ')}`, didYouMean(text, names));
          return null;
        });
  return chosen.flatMap((metric): readonly Objective[] => {
    const direction = metrics[metric];
    return direction === undefined ? [] : [{ metric, direction }];
  });
}
