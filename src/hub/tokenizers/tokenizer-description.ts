import type { IdentifiedToken } from './added-tokens.ts';

/** One part of tokenizer.json: its kind, and what that kind takes. */
export interface TokenizerPart {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A tokenizer as tokenizer.json describes it, truncation and padding aside. */
export interface TokenizerDescription {
  /** By id. */
  readonly addedTokens: readonly IdentifiedToken[];
  readonly normalizer: TokenizerPart | null;
  readonly preTokenizer: TokenizerPart;
  readonly postProcessor: TokenizerPart;
  readonly decoder: TokenizerPart;
  readonly model: TokenizerPart;
}

/** The text of tokenizer.json, in the layout of the `tokenizers` library. */
export function writeDescription(description: TokenizerDescription): string {
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: description.addedTokens,
    normalizer: description.normalizer,
    pre_tokenizer: description.preTokenizer,
    post_processor: description.postProcessor,
    decoder: description.decoder,
    model: description.model,
  });
}

/** Two parts of a template: a text (A or B), or a special token by its content; with the type id that they get. */
export type TemplatePiece = readonly [content: string, typeId: 0 | 1];

/**
 * A post-processor that sets special tokens around one text and around two.
 * @param ids of the special tokens, by content
 */
export function template(
  single: readonly TemplatePiece[],
  pair: readonly TemplatePiece[],
  ids: Readonly<Record<string, number>>,
): TokenizerPart {
  const piece = ([content, typeId]: TemplatePiece) =>
    Object.hasOwn(ids, content)
      ? { SpecialToken: { id: content, type_id: typeId } }
      : { Sequence: { id: content, type_id: typeId } };
  return {
    type: 'TemplateProcessing',
    single: single.map(piece),
    pair: pair.map(piece),
    special_tokens: Object.fromEntries(
      Object.entries(ids).map(([content, id]) => [content, { id: content, ids: [id], tokens: [content] }]),
    ),
  };
}

/** BERT's: [CLS] A [SEP], and [CLS] A [SEP] B [SEP] with type ids 1 from B on. */
export function bertTemplate(
  cls: { content: string; id: number },
  sep: { content: string; id: number },
): TokenizerPart {
  const start: readonly TemplatePiece[] = [
    [cls.content, 0],
    ['A', 0],
    [sep.content, 0],
  ];
  const ids = { [cls.content]: cls.id, [sep.content]: sep.id };
  return template(start, [...start, ['B', 1], [sep.content, 1]], ids);
}
