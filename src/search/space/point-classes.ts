import { canonicalJson } from '../../base/canonical-json.ts';
import { sha256 } from '../../base/sha256.ts';
import { parseConstraint } from '../../sweep/constraint.ts';
import { fieldNamed } from '../../sweep/file/read-conditions.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { trainingField } from '../../sweep/training-fields.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';
import { brokenConstraint, configurationAt } from '../planning/plan-trainings.ts';
import type { SpacePoint } from '../sampler.ts';
import { spaceAxes } from './space-axes.ts';

/** Configurations that differ in fields alone which nothing else follows from. */
export interface PointClass {
  readonly number: number;
  /** Whether a constraint leaves them out: none names a field in which they differ. */
  readonly isLeftOut: boolean;
}

export interface ClassedPoint {
  readonly of: PointClass;
  /** Equal for points with one canonical configuration, and for no others. */
  readonly key: string;
}

/**
 * Tells which points of a search have one canonical configuration. Points are spelled canonically by their class, and of
 * a grid of many seeds and rates there are few: what is left is to tell the values of a point.
 */
export class PointClasses {
  readonly #definition: SweepDefinition;
  readonly #alone: readonly string[];
  /** By the values that decide it, as they are written in the space. */
  readonly #written = new Map<string, PointClass>();
  readonly #spelled = new Map<string, PointClass>();

  constructor(definition: SweepDefinition) {
    this.#definition = definition;
    this.#alone = fieldsAlone(definition);
  }

  of(point: SpacePoint): ClassedPoint {
    let written = '';
    for (const name of Object.keys(point))
      if (!this.#alone.includes(name)) written += `${JSON.stringify(name)}:${JSON.stringify(point[name])},`;
    let values = '';
    for (const name of this.#alone) {
      const value = point[name];
      if (value === undefined) return this.ofConfiguration(configurationAt(this.#definition, point));
      values += `/${JSON.stringify(value)}`;
    }
    let found = this.#written.get(written);
    if (found === undefined) {
      found = this.#classOf(configurationAt(this.#definition, point));
      this.#written.set(written, found);
    }
    return { of: found, key: `${found.number}${values}` };
  }

  /** @param configuration canonical */
  ofConfiguration(configuration: TrainingConfiguration): ClassedPoint {
    const all = new Map<string, unknown>(Object.entries(configuration));
    const values = this.#alone.map((name) => `/${JSON.stringify(all.get(name))}`);
    const found = this.#classOf(configuration);
    return { of: found, key: `${found.number}${values.join('')}` };
  }

  #classOf(configuration: TrainingConfiguration): PointClass {
    const rest = Object.entries(configuration).filter(([name]) => !this.#alone.includes(name));
    const spelled = sha256(canonicalJson(Object.fromEntries(rest)));
    let known = this.#spelled.get(spelled);
    if (known === undefined) {
      const isLeftOut = brokenConstraint(this.#definition, configuration) !== null;
      known = { number: this.#spelled.size, isLeftOut };
      this.#spelled.set(spelled, known);
    }
    return known;
  }
}

/** Axes that no other field, axis or constraint of the definition looks at; of a program's fields that are all axes. */
function fieldsAlone(definition: SweepDefinition): readonly string[] {
  const axes = spaceAxes(definition);
  const { program, constraints = [], training } = definition;
  const looked = new Set(axes.flatMap(({ when = {} }) => Object.keys(when)));
  for (const text of constraints) {
    const constraint = parseConstraint(text);
    for (const name of typeof constraint === 'string' ? [] : constraint.names)
      looked.add(program === undefined ? fieldNamed(name) : name);
  }
  const isAlone = (name: string): boolean => {
    if (program !== undefined) return true;
    const { alone } = trainingField(name) ?? {};
    if (alone === undefined || alone === true) return alone === true;
    return !(alone.unless in training) && !(alone.unless in definition.space);
  };
  return axes
    .filter(({ name, when }) => when === undefined && !looked.has(name) && isAlone(name))
    .map(({ name }) => name);
}
