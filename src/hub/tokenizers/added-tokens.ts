import { unsupportedTokenizer } from './published-files.ts';
import { contentOf, type PublishedOptions, type TokenFields, type TokenRole, tokenRoles } from './published-options.ts';

/** A token that is matched before the model cuts the text. */
export interface AddedToken {
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Matched in the normalised text. */
  readonly normalized: boolean;
  readonly special: boolean;
}

export interface IdentifiedToken extends AddedToken {
  readonly id: number;
}

/** The special tokens of a kind of tokenizer where the published files name none. */
export interface RoleRules {
  readonly contents: Partial<Record<TokenRole, string>>;
  /** How a token is matched whose content alone is known. */
  readonly matching?: Partial<Record<TokenRole, Omit<TokenFields, 'content'>>>;
}

/** RoBERTa's special tokens and XLM-RoBERTa's. */
export const robertaContents = {
  bos_token: '<s>',
  eos_token: '</s>',
  unk_token: '<unk>',
  sep_token: '</s>',
  pad_token: '<pad>',
  cls_token: '<s>',
  mask_token: '<mask>',
} as const satisfies RoleRules['contents'];

export interface AddedTokens {
  /** By id. */
  readonly tokens: readonly IdentifiedToken[];
  /** @throws MODEL_UNSUPPORTED where the vocabulary lacks it: the model has not learned it */
  demand(role: TokenRole): { readonly content: string; readonly id: number };
}

/** A token whose fields, where left out, are those of the `tokenizers` library. */
export function addedToken(fields: TokenFields): AddedToken {
  const { content, single_word = false, lstrip = false, rstrip = false, special = false } = fields;
  return { content, single_word, lstrip, rstrip, normalized: fields.normalized ?? !special, special };
}

/**
 * The added tokens in the order, and so with the ids, that transformers 4's fast tokenizers give them: the model's own,
 * the listed ones, the special ones by role. What the vocabulary lacks comes after it.
 * @param vocabulary ids by content, 0 to size − 1
 * @param own tokens of a SentencePiece model that come before all others
 * @throws MODEL_UNSUPPORTED where a listed id comes out otherwise
 */
export function addTokens(
  folder: string,
  options: PublishedOptions,
  rules: RoleRules,
  vocabulary: ReadonlyMap<string, number>,
  own: readonly AddedToken[] = [],
): AddedTokens {
  const byRole = tokensByRole(options, rules);
  const specials = specialTokens([...byRole.values()], options.others);
  const added = new Map<string, IdentifiedToken>();
  let next = vocabulary.size;
  const add = (token: AddedToken): number => {
    const id = vocabulary.get(token.content) ?? added.get(token.content)?.id ?? next++;
    added.set(token.content, { id, ...token });
    return id;
  };
  for (const token of own) add(token);
  for (const { id, token } of options.listed.toSorted((a, b) => a.id - b.id)) {
    const listed = addedToken(token);
    const got = add({ ...listed, special: listed.special || specials.has(token.content) });
    if (got === id) continue;
    const expected = `id ${got}, which follows from the vocabulary`;
    throw unsupportedTokenizer(folder, {
      got: `the added token ${JSON.stringify(token.content)} with id ${id}`,
      expected,
    });
  }
  for (const [content, token] of specials) {
    if (typeof token !== 'string') add({ ...addedToken(token), special: true });
    else if (!added.has(content)) add(addedToken({ content, special: true }));
  }
  return {
    tokens: [...added.values()].sort((a, b) => a.id - b.id),
    demand(role) {
      const token = byRole.get(role);
      const content = token === undefined ? '' : contentOf(token);
      const id = vocabulary.get(content);
      if (id !== undefined) return { content, id };
      throw unsupportedTokenizer(folder, { got: content || 'none', expected: `${role}: a piece of the vocabulary` });
    },
  };
}

/** A special token: its content alone, or how it is matched too. */
type SpecialToken = string | TokenFields;

/** As given; by the kind's rules where not given, or as a content alone. */
function tokensByRole(options: PublishedOptions, { contents, matching = {} }: RoleRules): Map<TokenRole, SpecialToken> {
  const found = new Map<TokenRole, SpecialToken>();
  for (const role of tokenRoles) {
    const given = options.roles[role];
    const token = given === undefined ? contents[role] : given;
    if (token === undefined || token === null) continue;
    const fields = typeof token === 'string' ? matching[role] : undefined;
    found.set(role, fields === undefined ? token : { content: contentOf(token), ...fields });
  }
  return found;
}

/** Tokens by content. Where several have a role the first counts; where none has, the last. */
function specialTokens(
  withRole: readonly SpecialToken[],
  others: readonly SpecialToken[],
): ReadonlyMap<string, SpecialToken> {
  const specials = new Map<string, SpecialToken>();
  for (const token of withRole) if (!specials.has(contentOf(token))) specials.set(contentOf(token), token);
  const taken = new Set(specials.keys());
  for (const token of others) if (!taken.has(contentOf(token))) specials.set(contentOf(token), token);
  return specials;
}
