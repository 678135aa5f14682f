import { Tokenizer } from 'tokenizers';
import { DropsweepError } from '../base/errors.ts';
import { besideModel } from '../base/model-place.ts';
import { readTokenizerSettings, type TokenizerSettings } from './tokenizer-settings.ts';

/** A model's own tokenizer, the end that it cuts off, and how it writes chats. */
export interface ModelTokenizer extends Pick<TokenizerSettings, 'truncationSide' | 'specialTokens' | 'chatTemplate'> {
  readonly tokenizer: Tokenizer;
}

/**
 * The model's own tokenizer, as transformers builds it of tokenizer.json and tokenizer_config.json.
 * @param modelFolder holds tokenizer.json; or an ONNX file beside it
 * @throws DropsweepError MODEL_UNSUPPORTED when the file is missing or is none
 */
export function openTokenizer(modelFolder: string): ModelTokenizer {
  try {
    const { json, truncationSide, specialTokens, chatTemplate } = readTokenizerSettings(modelFolder);
    return { tokenizer: Tokenizer.fromString(json), truncationSide, specialTokens, chatTemplate };
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
