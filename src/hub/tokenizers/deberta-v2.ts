import { join } from 'node:path';
import type { RoleRules } from './added-tokens.ts';
import type { PublishedOptions } from './published-options.ts';
import { readSentencePieceModel } from './sentencepiece-model.ts';
import { bertTemplate, type TokenizerDescription } from './tokenizer-description.ts';
import { describeUnigram, manySpaces, metaspace, precompiled } from './unigram.ts';

/**
 * DeBERTa's tokenizer, of its second and third version, from spm.model. The mask, which the model lacks, comes behind.
 * Text that the model has no piece for is [UNK], as transformers' fast tokenizer has it, although the third version's
 * model could fall back to bytes.
 * @throws MODEL_UNSUPPORTED
 */
export function describeDebertaV2(folder: string, options: PublishedOptions): TokenizerDescription {
  const file = join(folder, 'spm.model');
  const model = readSentencePieceModel(file);
  const rules: RoleRules = {
    contents: {
      bos_token: '[CLS]',
      eos_token: '[SEP]',
      unk_token: '[UNK]',
      sep_token: '[SEP]',
      pad_token: '[PAD]',
      cls_token: '[CLS]',
      mask_token: '[MASK]',
    },
    matching: { unk_token: { normalized: true, special: true } },
  };
  const { added, ...common } = describeUnigram(folder, file, options, rules, model);
  const { config } = options;
  return {
    ...common,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        ...(config.do_lower_case === true ? [{ type: 'Lowercase' }] : []),
        { type: 'Strip', strip_left: true, strip_right: true },
        ...precompiled(model),
        { type: 'Replace', pattern: manySpaces, content: ' ' },
      ],
    },
    preTokenizer: {
      type: 'Sequence',
      pretokenizers: [
        ...(config.split_by_punct === true ? [{ type: 'Punctuation', behavior: 'Isolated' }] : []),
        metaspace,
      ],
    },
    postProcessor: bertTemplate(added.demand('cls_token'), added.demand('sep_token')),
  };
}
