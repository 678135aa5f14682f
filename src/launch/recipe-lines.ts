import { stringify } from 'yaml';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';

/** The fields that a sweep file took of its recipe, as it could have written them; none where it names no recipe. */
export function recipeLines({ recipe }: SweepDefinition): readonly string[] {
  if (recipe === undefined) return [];
  const fields = stringify(recipe.fields, { lineWidth: 0 }).trimEnd().split('\n');
  return [`  of the recipe ${recipe.name}:`, ...fields.map((line) => `    ${line}`)];
}
