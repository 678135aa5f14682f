import { adaloraFields, type AdaloraFields } from './fields/adalora-fields.ts';
import { type AdapterKind, adapterKinds, adapterShapeFields } from './fields/adapter-shape-fields.ts';
import { methodFields } from './fields/method-fields.ts';
import { optimiserFields } from './fields/optimiser-fields.ts';
import { runFields } from './fields/run-fields.ts';
import type { FieldValue, ShapedPart, ShapingNames, TrainingField, TrainingFields } from './fields/training-field.ts';
import type { TrainingConfiguration } from './vocabulary.ts';

/** Fields that every training has, by name. */
const commonFields = {
  ...methodFields,
  ...adapterShapeFields,
  ...optimiserFields,
  ...runFields,
} satisfies TrainingFields<Omit<TrainingConfiguration, keyof AdaloraFields>>;

/** Fields that are an adapter's own. */
const ownFields: Readonly<Record<AdapterKind, Readonly<Record<string, TrainingField>>>> = {
  lora: {},
  adalora: adaloraFields,
};

export interface NamedTrainingField extends TrainingField {
  readonly name: string;
  /** The adapters that have it; null: all. */
  readonly adapters: readonly AdapterKind[] | null;
}

export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly NamedTrainingField[];
}

/** Every field, in the order and under the titles of the reference. */
export const fieldGroups: readonly FieldGroup[] = [
  { title: 'Dropout', fields: named(methodFields) },
  { title: 'The adapter', fields: named(adapterShapeFields) },
  { title: 'The optimiser', fields: named(optimiserFields) },
  { title: 'Rows, head, arithmetic and length', fields: named(runFields) },
  ...adapterKinds.flatMap((kind) => {
    const fields = named(ownFields[kind], kind);
    return fields.length === 0 ? [] : [{ title: `With adapter: ${kind}`, fields }];
  }),
];

export const trainingFields: readonly NamedTrainingField[] = fieldGroups.flatMap(({ fields }) => fields);

const byName = new Map(trainingFields.map((field) => [field.name, field]));

export function trainingField(name: string): NamedTrainingField | null {
  return byName.get(name) ?? null;
}

/** The heading in tables of a field, or of an axis that is none. */
export function fieldHeading(name: string): string {
  return trainingField(name)?.heading ?? name;
}

/** The fields that a training with this adapter has. */
export function fieldsWith(adapter: AdapterKind): readonly NamedTrainingField[] {
  return trainingFields.filter(({ adapters }) => adapters === null || adapters.includes(adapter));
}

function named(
  records: Readonly<Record<string, TrainingField>>,
  adapter: AdapterKind | null = null,
): readonly NamedTrainingField[] {
  return Object.entries(records).map(([name, record]) => ({
    ...record,
    name,
    adapters: adapter === null ? null : adapterKinds.filter((kind) => name in ownFields[kind]),
  }));
}

export function defaultOf(field: TrainingField, configuration: TrainingConfiguration): FieldValue | undefined {
  return typeof field.default === 'function' ? field.default(configuration) : field.default;
}

/**
 * What a canonical configuration says of a field, for people: where it is not written down, what holds then. Undefined: the
 * field is none of these, or has no value without one.
 */
export function shownSetting(configuration: TrainingConfiguration, name: string): FieldValue | undefined {
  const values: Readonly<Record<string, FieldValue | undefined>> = { ...configuration };
  const field = trainingField(name);
  if (field === null || values[name] !== undefined) return values[name];
  if (field.shown !== undefined) return field.shown(configuration);
  return field.unwritten === undefined ? undefined : defaultOf(field, configuration);
}

/** A configuration of these values; a field without one is left out. */
export function configurationOf(
  values: Iterable<readonly [string, FieldValue | undefined]>,
): Partial<TrainingConfiguration> {
  const found: Record<string, FieldValue> = {};
  for (const [name, value] of values) if (value !== undefined) found[name] = value;
  return found;
}

/** The fields' values where the file does not say: the settings of the PyTorch program that results are compared to. */
export const trainingDefaults: TrainingConfiguration = readDefaults();

function readDefaults(): TrainingConfiguration {
  const values = trainingFields.flatMap(({ name, adapters, unwritten, default: value }) =>
    adapters === null && unwritten === undefined && typeof value !== 'function' ? [[name, value] as const] : [],
  );
  return configurationOf(values) as TrainingConfiguration;
}

/** Fields that an engine's graph of its adapters, or of its head, is compiled for. */
export type AdapterShapeName = ShapingNames<typeof commonFields, 'adapter'>;
export type HeadShapeName = ShapingNames<typeof commonFields, 'head'>;

/**
 * The values that decide some parts' shape; a field that shapes by its presence is true where it is there and above 0.
 */
export function shapeOf(
  configuration: Partial<TrainingConfiguration>,
  parts: readonly ShapedPart[],
): Readonly<Record<string, FieldValue>> {
  const values = new Map<string, FieldValue | undefined>(Object.entries(configuration));
  const shaping = trainingFields.flatMap(({ name, shapes }): readonly (readonly [string, FieldValue])[] => {
    const value = values.get(name);
    if (shapes === undefined || value === undefined || !parts.includes(shapes.part)) return [];
    if (shapes.by === 'value') return [[name, value]];
    return value === 0 ? [] : [[name, true]];
  });
  return Object.fromEntries(shaping);
}
