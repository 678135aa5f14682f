import { Tokenizer } from 'tokenizers';
import { canonicalJson } from '../../base/canonical-json.ts';
import { DropsweepError } from '../../base/errors.ts';
import { besideModel } from '../../base/model-place.ts';
import { sha256 } from '../../base/sha256.ts';
import { readTokenizerSettings, type TokenizerSettings } from './tokenizer-settings.ts';

/** A model's own tokenizer, the end that it cuts off, and how it writes chats. */
export interface ModelTokenizer extends Pick<TokenizerSettings, 'truncationSide' | 'specialTokens' | 'chatTemplate'> {
  readonly tokenizer: Tokenizer;
  /** Of all that it is made of. */
  readonly tokenizerHash: string;
}

/**
 * The model's own tokenizer, as transformers builds it of tokenizer.json and tokenizer_config.json.
 * @param modelFolder holds tokenizer.json; or an ONNX file beside it
 * @throws DropsweepError MODEL_UNSUPPORTED when the file is missing or is none
 */
export function openTokenizer(modelFolder: string): ModelTokenizer {
  try {
    const { json, truncationSide, specialTokens, chatTemplate } = readTokenizerSettings(modelFolder);
    const said = { truncationSide, specialTokens, chatTemplate };
    return { tokenizer: Tokenizer.fromString(json), tokenizerHash: sha256(json + canonicalJson(said)), ...said };
  } catch (error) {
    if (error instanceof DropsweepError) throw error;
    throw new DropsweepError('MODEL_UNSUPPORTED', 'the tokenizer cannot be opened', {
      where: besideModel(modelFolder, 'tokenizer.json'),
      expected: 'a tokenizer.json as Hugging Face writes it',
      fix: 'save the tokenizer with transformers (save_pretrained) beside the weights',
      cause: error,
    });
  }
}
