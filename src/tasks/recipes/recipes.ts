import type { Recipe } from '../../sweep/file/recipe.ts';
import { alpaca } from './alpaca.ts';
import { glueRecipes } from './glue-recipes.ts';
import { squadRecipes } from './squad-recipes.ts';
import { withoutRegret } from './without-regret.ts';

/** Every recipe that a sweep file may start from, in the order of the reference. */
export const recipes: readonly Recipe[] = [...glueRecipes, ...squadRecipes, alpaca, withoutRegret];
