import { type AddedToken, addedToken, addTokens, type RoleRules } from './added-tokens.ts';
import { unsupportedTokenizer } from './published-files.ts';
import { type PublishedOptions, type TokenRole, tokenRoles } from './published-options.ts';
import { pieceKinds, type SentencePiece, type SentencePieceModel } from './sentencepiece-model.ts';
import type { TokenizerPart } from './tokenizer-description.ts';
import { demandVocabulary } from './vocabulary.ts';

/** Spaces as SentencePiece marks them, one in front of every text. */
export const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true } as const;
/** Pattern of extra spaces. */
export const manySpaces = { Regex: ' {2,}' } as const;

/**
 * The parts that all tokenizers of SentencePiece's Unigram models have in common.
 * @param vocabulary pieces by the ids that the model was trained with
 * @param published SentencePiece's own pieces: its control pieces and the user's symbols are added tokens
 * @throws MODEL_UNSUPPORTED
 */
export function describeUnigram(
  folder: string,
  file: string,
  options: PublishedOptions,
  rules: RoleRules,
  { pieces, unknownId }: { readonly pieces: readonly SentencePiece[]; readonly unknownId: number },
  published: readonly SentencePiece[] = pieces,
) {
  const vocabulary = demandVocabulary(
    file,
    pieces.map(({ piece }, id) => [piece, id] as const),
  );
  const own = published.flatMap(({ piece, kind }): readonly AddedToken[] => {
    if (kind !== pieceKinds.control && kind !== pieceKinds.userDefined) return [];
    return [addedToken({ content: piece, normalized: false, special: kind === pieceKinds.control })];
  });
  const added = addTokens(folder, options, rules, vocabulary, own);
  for (const role of tokenRoles) demandUsualToken(folder, options, rules, role);
  if (added.demand('unk_token').id !== unknownId) {
    const got = `${JSON.stringify(pieces[unknownId]?.piece)} with id ${unknownId}`;
    throw unsupportedTokenizer(file, { got, expected: `${added.demand('unk_token').content} as the unknown piece` });
  }
  return {
    added,
    addedTokens: added.tokens,
    decoder: metaspace,
    model: {
      type: 'Unigram',
      unk_id: unknownId,
      vocab: pieces.map(({ piece, score }) => [piece, score]),
      byte_fallback: false,
    },
  };
}

/** transformers sets these special tokens around texts whatever the options name. @throws MODEL_UNSUPPORTED */
function demandUsualToken(folder: string, options: PublishedOptions, { contents }: RoleRules, role: TokenRole): void {
  const given = options.roles[role];
  const got = typeof given === 'string' ? given : (given?.content ?? null);
  if (given === undefined || got === contents[role]) return;
  throw unsupportedTokenizer(folder, { got: `${role} ${got}`, expected: `${role} ${contents[role]}` });
}

/** SentencePiece's own normalisation of characters; nothing where it has none. */
export function precompiled({ characterMap }: SentencePieceModel): readonly TokenizerPart[] {
  if (characterMap.length === 0) return [];
  return [{ type: 'Precompiled', precompiled_charsmap: Buffer.from(characterMap).toString('base64') }];
}
