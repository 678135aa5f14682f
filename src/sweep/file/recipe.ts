import type { Json } from '../../base/canonical-json.ts';

/** Fields that a sweep file may start from by a name; what the file says itself stands. */
export interface Recipe {
  readonly name: string;
  /** Whose setting it is, in one sentence without its full stop. */
  readonly sentence: string;
  /** Where its values stand, and which of them are nobody's but ours, in one sentence without its full stop. */
  readonly source: string;
  /** As a sweep file has them. */
  readonly fields: RecipeFields;
}

export type RecipeFields = Readonly<Record<string, Json>>;

/**
 * A recipe with the fields that a sweep file took of it: a sweep's identity is that of the fields, wherever they came
 * from.
 */
export interface TakenRecipe {
  readonly name: string;
  readonly fields: RecipeFields;
}
