import type { RowDropout } from './element-dropout.ts';
import type { TrainingConfiguration } from './vocabulary.ts';

/**
 * A variant of the masks: what they are laid on, who shares them, and the factor of what is kept. docs/variants.md has
 * the formulas.
 */
export type MaskVariant = Pick<TrainingConfiguration, 'masked' | 'mask_sharing' | 'mask_scaling'>;

/** Whether masks drop columns of A, rows of B, or ranks. */
export function maskedParts({ masked = 'columns_and_rows' }: Pick<MaskVariant, 'masked'>) {
  return {
    columns: masked === 'columns_and_rows' || masked === 'columns',
    rows: masked === 'columns_and_rows' || masked === 'rows',
    rank: masked === 'rank',
  };
}

/** The masks that are drawn for each row by itself; empty: rows share their masks. */
export function rowKinds(variant: Pick<MaskVariant, 'masked' | 'mask_sharing'>): readonly RowDropout[] {
  if (variant.mask_sharing !== 'row') return [];
  const { columns, rows, rank } = maskedParts(variant);
  return [
    ...(columns ? (['row_columns'] as const) : []),
    ...(rank ? (['row_ranks'] as const) : []),
    ...(rows ? (['row_rows'] as const) : []),
  ];
}

/** Factor of kept elements, for each mask. */
export function keptFactor(
  { mask_scaling: scaling = 'none' }: Pick<MaskVariant, 'mask_scaling'>,
  rate: number,
): number {
  return scaling === 'inverse' ? 1 / (1 - rate) : 1;
}

/** Factor of the update in expectation over the masks. */
export function expectedShare(variant: Pick<MaskVariant, 'masked' | 'mask_scaling'>, rate: number): number {
  if (variant.mask_scaling === 'inverse') return 1;
  return (variant.masked ?? 'columns_and_rows') === 'columns_and_rows' ? (1 - rate) ** 2 : 1 - rate;
}

/** The probability that an entry of the update is dropped whole: of ranks, where all of them are. */
export function droppedShare({ masked }: Pick<MaskVariant, 'masked'>, rate: number, rank: number): number {
  if (masked === undefined || masked === 'columns_and_rows') return 2 * rate - rate * rate;
  return masked === 'rank' ? rate ** rank : rate;
}

/** The p of the method's own masks under which an entry is dropped as often. */
export function equivalentRate({ masked, rank }: Pick<TrainingConfiguration, 'masked' | 'rank'>, rate: number): number {
  const own = masked === undefined || masked === 'columns_and_rows';
  return own ? rate : 1 - Math.sqrt(1 - droppedShare({ masked }, rate, rank));
}
