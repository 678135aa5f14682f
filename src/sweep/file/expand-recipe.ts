import { type Document, isMap, isScalar, isSeq, type Node, Pair, Scalar, visit, YAMLMap } from 'yaml';
import type { Json } from '../../base/canonical-json.ts';
import type { Recipe, RecipeFields, TakenRecipe } from './recipe.ts';
import { trainingFields } from '../training-fields.ts';
import { type Field, type YamlReading, YamlSection } from './yaml-section.ts';

/** A sweep file with what it takes of its recipe, and that alone; as it was where it names none. */
export interface ExpandedFile {
  readonly file: YAMLMap;
  readonly recipe: TakenRecipe | null;
}

/**
 * Fills in what a file leaves to the recipe that it names, key by key: lists and single values of the file stand as
 * they are. Of a training field that the file has as an axis, by its letter or in another way, the recipe says nothing;
 * nor of rows where the file says where they are. What is filled in stands, in messages, where the recipe is named.
 */
export function expandRecipe(
  reading: YamlReading,
  document: Document,
  file: YAMLMap,
  recipes: readonly Recipe[],
): ExpandedFile {
  const section = new YamlSection(reading, file, '');
  const field = section.field('recipe');
  if (field === null) return { file, recipe: null };
  const names = recipes.map(({ name }) => name);
  const name = section.choiceOf(field, names);
  const recipe = recipes.find((each) => each.name === name);
  if (recipe === undefined) return { file, recipe: null };
  const fields = leftTo(recipe, section);
  const filling = new Filling(reading, document, field);
  const filled = filling.fill(file, fields, '');
  return { file: filled, recipe: { name: recipe.name, fields: filling.taken } };
}

/** The recipe's fields without those that would contradict the file. */
function leftTo({ fields }: Recipe, file: YamlSection): RecipeFields {
  const sections = ['training', 'space'].map((part) => sectionOf(file, part));
  const adapters = sections.flatMap((section) => namesAt(section, 'adapter'));
  const isOpen = (key: string): boolean =>
    !sections.some((section) => says(section, key)) &&
    (adapters.length === 0 || adapters.some((each) => has(each, key)));
  const open = (part: Json | undefined): RecipeFields =>
    Object.fromEntries(Object.entries(mapping(part)).filter(([key]) => isOpen(key)));
  const rows = sectionOf(file, 'task');
  const data = rows === null ? null : sectionOf(rows, 'data');
  const isGlue = data === null || data.has('glue') || data.has('folder');
  const namesRows = !isGlue && ['train', 'hub', 'package'].some((key) => data.has(key));
  const task = mapping(fields['task']);
  const { data: _, ...otherwise } = task;
  return {
    ...fields,
    ...('task' in fields ? { task: namesRows ? otherwise : task } : {}),
    ...('training' in fields ? { training: open(fields['training']) } : {}),
    ...('space' in fields ? { space: open(fields['space']) } : {}),
  };
}

function namesAt(section: YamlSection | null, key: string): readonly string[] {
  const node = section?.peek(key) ?? null;
  const items: readonly unknown[] = isSeq(node) ? node.items : [node];
  return items.flatMap((item) => (isScalar(item) && typeof item.value === 'string' ? [item.value] : []));
}

/** Whether an adapter has a field. */
function has(adapter: string, key: string): boolean {
  const owners = trainingFields.find(({ name, alias }) => name === key || alias === key)?.adapters ?? null;
  return owners === null || owners.some((owner) => owner === adapter);
}

/** Whether a section has a training field, by any of its names, or another that says the same in another way. */
function says(section: YamlSection | null, key: string): boolean {
  if (section === null) return false;
  const field = trainingFields.find(({ name, alias }) => name === key || alias === key);
  const others = trainingFields.filter(({ excludes = [] }) => excludes.includes(key)).map(({ name }) => name);
  const names = [key, field?.name, field?.alias, ...(field?.excludes ?? []), ...others];
  return names.some((name) => name !== undefined && section.has(name));
}

function sectionOf(section: YamlSection, key: string): YamlSection | null {
  const node = section.peek(key);
  return isMap(node) ? new YamlSection(section.reading, node, section.name(key)) : null;
}

function mapping(value: Json | undefined): RecipeFields {
  return isRecord(value) ? value : {};
}

function isRecord(value: Json | undefined): value is RecipeFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class Filling {
  readonly #reading: YamlReading;
  readonly #document: Document;
  readonly #place: Field;
  #taken: RecipeFields = {};

  constructor(reading: YamlReading, document: Document, place: Field) {
    this.#reading = reading;
    this.#document = document;
    this.#place = place;
  }

  /** The fields that the file left to the recipe. */
  get taken(): RecipeFields {
    return this.#taken;
  }

  fill(own: YAMLMap, fields: RecipeFields, path: string): YAMLMap {
    const { map, taken } = this.#filled(own, fields, path);
    this.#taken = taken;
    return map;
  }

  #filled(own: YAMLMap, fields: RecipeFields, path: string): { map: YAMLMap; taken: RecipeFields } {
    const pairs = [...this.#reading.mergedPairs(own, path === '' ? '<<' : `${path}.<<`)];
    const taken: Record<string, Json> = {};
    for (const [key, value] of Object.entries(fields)) {
      const at = pairs.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
      const there = this.#reading.resolve(pairs[at]?.value);
      if (at < 0) {
        pairs.push(new Pair(this.#placed(new Scalar(key)), this.#placed(this.#document.createNode(value))));
        taken[key] = value;
      } else if (isMap(there) && isRecord(value)) {
        const inner = this.#filled(there, value, path === '' ? key : `${path}.${key}`);
        pairs[at] = new Pair(pairs[at]?.key, inner.map);
        if (Object.keys(inner.taken).length > 0) taken[key] = inner.taken;
      }
    }
    const map = new YAMLMap();
    map.items = pairs;
    map.range = own.range ?? null;
    return { map, taken };
  }

  /** A node that stands where the recipe is named. */
  #placed<Made extends Node>(node: Made): Made {
    const range = this.#place.node.range ?? null;
    node.range = range;
    visit(node, { Node: (_key, inner) => void (inner.range = range) });
    return node;
  }
}
