import { join } from 'node:path';
import { z } from 'zod';
import { readOptionalJson, unsupportedTokenizer } from './published-files.ts';

/** A token with a say in how it is matched in a text. What is left out has the default of the `tokenizers` library. */
const tokenFields = z.object({
  content: z.string().min(1),
  single_word: z.boolean().optional(),
  lstrip: z.boolean().optional(),
  rstrip: z.boolean().optional(),
  normalized: z.boolean().optional(),
  special: z.boolean().optional(),
});
export type TokenFields = z.infer<typeof tokenFields>;

const name = z.string().min(1);
/** In tokenizer_config.json a token that is no string says what it is; in special_tokens_map.json it is special. */
const configToken = z.union([name, tokenFields.extend({ __type: z.literal('AddedToken') })]);
const mappedToken = z.union([name, tokenFields.transform((fields) => ({ ...fields, special: true }))]);

/** The roles that a special token may have, in the order in which transformers adds them. */
export const tokenRoles = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const;
export type TokenRole = (typeof tokenRoles)[number];

function tokensByRole<T extends z.ZodType>(token: T) {
  const role = token.nullish();
  return z.looseObject({
    bos_token: role,
    eos_token: role,
    unk_token: role,
    sep_token: role,
    pad_token: role,
    cls_token: role,
    mask_token: role,
    additional_special_tokens: z.array(token).nullish(),
  });
}

const configSchema = tokensByRole(configToken).extend({
  tokenizer_class: z.string().nullish(),
  auto_map: z.looseObject({ AutoTokenizer: z.undefined() }).nullish(),
  split_special_tokens: z.literal(false).nullish(),
  extra_special_tokens: z.union([z.strictObject({}), z.array(z.never())]).nullish(),
  // transformers lists added tokens with every field.
  added_tokens_decoder: z.record(z.string().regex(/^\d+$/), tokenFields.required()).optional(),
  do_lower_case: z.boolean().optional(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().optional(),
  split_by_punct: z.boolean().optional(),
  add_prefix_space: z.boolean().optional(),
  add_bos_token: z.boolean().optional(),
});
const mapSchema = tokensByRole(mappedToken);
const addedSchema = z.record(name, z.int().nonnegative());
const modelSchema = z.looseObject({ tokenizer_class: z.string().nullish() });

/** A tokenizer's published settings, beside its vocabulary. */
export interface PublishedOptions {
  readonly config: z.infer<typeof configSchema>;
  /** Special tokens: a string, a token with fields, or null where the tokenizer is to have none. */
  readonly roles: Partial<Record<TokenRole, string | TokenFields | null>>;
  /** Special tokens without a role. */
  readonly others: readonly (string | TokenFields)[];
  /** Tokens that are listed with their ids. */
  readonly listed: readonly { readonly id: number; readonly token: TokenFields }[];
}

/** The files that may say something of a tokenizer, whatever its kind. */
export const optionFiles = ['tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'] as const;

/**
 * Reads them, and config.json's word on the class. special_tokens_map.json goes before tokenizer_config.json; where the
 * latter lists its added tokens itself, the other two are not heard.
 * @param classes that the kind stands for, without `Fast`; another one has rules of its own
 * @throws MODEL_UNSUPPORTED
 */
export function readOptions(folder: string, classes: readonly string[]): PublishedOptions {
  const [configFile, mapFile, addedFile] = optionFiles;
  const config = readOptionalJson(folder, configFile, configSchema);
  const named = config.tokenizer_class ?? readOptionalJson(folder, 'config.json', modelSchema).tokenizer_class;
  if (typeof named === 'string' && !classes.includes(named.replace(/Fast$/, ''))) {
    const place = typeof config.tokenizer_class === 'string' ? configFile : 'config.json';
    const expected = `${classes.join(' or ')}, as models of this type have it`;
    throw unsupportedTokenizer(`${join(folder, place)} tokenizer_class`, { got: named, expected });
  }
  if (config.added_tokens_decoder !== undefined) {
    const listed = Object.entries(config.added_tokens_decoder).map(([id, token]) => ({ id: Number(id), token }));
    const known = new Map(listed.map(({ token }) => [token.content, token]));
    const roles = rolesOf(config, (token) => known.get(contentOf(token)) ?? token);
    return { config, roles, others: config.additional_special_tokens ?? [], listed };
  }
  const mapped = readOptionalJson(folder, mapFile, mapSchema);
  const roles = { ...rolesOf(config), ...rolesOf(mapped) };
  const others = [...(config.additional_special_tokens ?? []), ...(mapped.additional_special_tokens ?? [])];
  const withRole = new Set(Object.values(roles).map(contentOf));
  // A typed token of tokenizer_config.json does not yet make a listed one special.
  const ofMap = new Set<unknown>([...Object.values(rolesOf(mapped)), ...(mapped.additional_special_tokens ?? [])]);
  const told = [...Object.values(roles), ...others].filter((token) => typeof token === 'string' || ofMap.has(token));
  const special = new Set(told.map(contentOf));
  const listed = Object.entries(readOptionalJson(folder, addedFile, addedSchema)).map(([content, id]) => ({
    id,
    token: { content, special: special.has(content) },
  }));
  const unclear = others.find(
    (token) =>
      withRole.has(contentOf(token)) ||
      others.some((other) => contentOf(other) === contentOf(token) && other !== token),
  );
  if (listed.length > 0 && unclear !== undefined) {
    // Which of them transformers takes for which depends on the order of its loops.
    const expected = `additional_special_tokens once each, and without a role, beside ${addedFile}`;
    throw unsupportedTokenizer(folder, { got: contentOf(unclear), expected });
  }
  return { config, roles, others, listed };
}

/** A token's content; the empty string where there is no token. */
export function contentOf(token: string | TokenFields | null): string {
  return typeof token === 'string' ? token : (token?.content ?? '');
}

type ReadRoles = { readonly [Role in TokenRole]?: string | TokenFields | null | undefined };

function rolesOf(
  read: ReadRoles,
  replace: (token: string | TokenFields) => string | TokenFields = (token) => token,
): PublishedOptions['roles'] {
  const roles: PublishedOptions['roles'] = {};
  for (const role of tokenRoles) {
    const token = read[role];
    if (token !== undefined) roles[role] = token === null ? null : replace(token);
  }
  return roles;
}
