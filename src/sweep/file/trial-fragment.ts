import { isMap, LineCounter, parseDocument, stringify } from 'yaml';
import type { AxisValue } from '../fields/field-forms.ts';
import type { FieldValue } from '../fields/training-field.ts';
import { readPoint } from './read-enqueue.ts';
import { missedCondition } from '../space-membership.ts';
import type { SweepDefinition } from '../sweep-definition.ts';
import { sweepFileInvalid } from './sweep-file-problems.ts';
import { trainingField, trainingFields } from '../training-fields.ts';
import type { TrainingConfiguration } from '../vocabulary.ts';
import { YamlReading, YamlSection } from './yaml-section.ts';

/** A point of a sweep, as `enqueue` has it: fields of its trainings beside those that hold for all. */
export type FragmentPoint = Readonly<Record<string, AxisValue>>;

/** The fragment's name in messages. */
const fragmentName = 'the edited trial';

/**
 * A trial's settings as YAML to be edited: the space's axes first, then what holds for all trainings and could be
 * changed for one.
 * @param title of the comment above them
 */
export function trialFragment(
  definition: SweepDefinition,
  configuration: TrainingConfiguration,
  title: string,
): string {
  const values = new Map<string, FieldValue | undefined>(Object.entries(configuration));
  const axes = Object.keys(definition.space);
  const seeds = definition.space['seed'];
  const line = (name: string): readonly string[] => {
    const value = axisValue(values.get(name));
    return value === null || (name === 'seed' && seeds !== undefined) ? [] : [stringify({ [name]: value }).trimEnd()];
  };
  const others = trainingFields.flatMap(({ name, form }) => (form.axis === null || axes.includes(name) ? [] : [name]));
  const point = Object.fromEntries(axes.map((name) => [name, axisValue(values.get(name))]));
  const isThere = (name: string): boolean =>
    missedCondition(name, (axis) => definition.axes?.[axis]?.when, point) === null;
  return [
    `# ${title}`,
    '# Change what you like, save and leave: the sweep gets a point with these settings. Nothing changed: nothing is added.',
    ...(seeds === undefined ? [] : [`# It is trained with each seed of the sweep: ${seeds.join(', ')}.`]),
    '',
    '# Axes of the space',
    ...axes.filter(isThere).flatMap(line),
    '',
    '# As the sweep has it for all trainings',
    ...others.flatMap(line),
    '',
  ].join('\n');
}

/**
 * Reads an edited fragment.
 * @param inSpace whether nothing outside the space may be asked for: a search that adapts learns from its axes
 * @throws DropsweepError SWEEP_FILE_INVALID, with each problem's line and column
 */
export function readTrialFragment(text: string, definition: SweepDefinition, inSpace: boolean): FragmentPoint {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const broken = document.errors.map(({ pos, message }) => ({
    ...place(pos[0]),
    field: '',
    text: `not YAML: ${message}`,
  }));
  if (broken.length > 0) throw sweepFileInvalid(fragmentName, broken);
  if (!isMap(document.contents)) {
    const text = 'is no mapping of fields, such as dropout_rate: 0.3';
    throw sweepFileInvalid(fragmentName, [{ line: 1, column: 1, field: '', text }]);
  }
  const reading = new YamlReading(document, lines);
  const section = new YamlSection(reading, document.contents, '');
  const point = readFields(section, definition, inSpace);
  section.finish();
  if (reading.problems.length > 0) throw sweepFileInvalid(fragmentName, reading.problems);
  return point;
}

function readFields(section: YamlSection, definition: SweepDefinition, inSpace: boolean): FragmentPoint {
  const { space, scales = {}, axes = {} } = definition;
  const repeated = space['seed'] !== undefined;
  const fixed = new Map<string, unknown>(Object.entries(definition.training));
  const point: Record<string, AxisValue> = {};
  for (const { name, alias, form } of trainingFields) {
    const isAxis = space[name] !== undefined;
    if (form.axis === null || (name === 'seed' && repeated)) continue;
    const field = section.field(name, alias);
    if (field === null) {
      if (isAxis && axes[name]?.when === undefined) section.missing(name, 'a value for each axis of the space');
      continue;
    }
    const value = form.axis.read(section, field);
    if (value === null) continue;
    if (isAxis || form.axis.valueOf(value) !== (fixed.get(name) ?? null)) point[name] = value;
    if (!isAxis && inSpace && name in point)
      section.reading.report(field.node, field.name, 'is no axis of the space, which this search learns from');
  }
  if (inSpace) checkInSpace(section, { space, scales, axes });
  return point;
}

/** As `enqueue` of a sweep file is checked, of the axes alone. */
function checkInSpace(section: YamlSection, reading: Parameters<typeof readPoint>[1]): void {
  const pairs = section.node.items.filter(({ key }) => {
    const name = String(key);
    const field = trainingFields.find((each) => each.name === name || each.alias === name);
    return field !== undefined && reading.space[field.name] !== undefined;
  });
  const axesAlone = section.node.clone();
  if (!isMap(axesAlone)) return;
  axesAlone.items = pairs;
  readPoint(new YamlSection(section.reading, axesAlone, ''), reading);
}

/** A field's value as an axis has it; null: it cannot be one. */
function axisValue(value: FieldValue | undefined): AxisValue | null {
  if (value === null) return 'none';
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

/** Fields of a point in the words of tables. */
export function pointWords(point: FragmentPoint): string {
  return Object.entries(point)
    .map(([name, value]) => `${trainingField(name)?.alias ?? name}=${value}`)
    .join(' ');
}
