import { z } from 'zod';

/** The member of config.json that says which token pads rows. */
export const padMember = { pad_token_id: z.number().int().nullish() };

/** The token that pads rows; null: none does (older Llamas write −1). */
export function padIdOf({ pad_token_id: id }: { readonly pad_token_id?: number | null | undefined }): number | null {
  return id === undefined || id === null || id < 0 ? null : id;
}
