import type { Objective } from '../../sweep/vocabulary.ts';
import { turned } from './turned.ts';

/**
 * Spells a value that a search compares for a reason: as it was measured.
 * @param objective which of those that the search decides by it is of, from 0; absent: the first
 */
export type SpellValue = (value: number, objective?: number) => string;

/** Spells values of these objectives, which were turned so that greater is better. */
export function spellingOf(objectives: readonly Pick<Objective, 'direction'>[]): SpellValue {
  return (value, objective = 0) => spellNumber(turned(value, objectives[objective]));
}

/** Numbers of a reason: four digits are enough to see which is greater. */
export const spellNumber = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'no value';
