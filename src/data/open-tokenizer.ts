import { Tokenizer } from 'tokenizers';
import { DropsweepError } from '../base/errors.ts';
import { besideModel } from '../base/model-place.ts';
import { readTokenizerSettings } from './tokenizer-settings.ts';

/** A model's own tokenizer, and the end that it cuts off. */
export interface ModelTokenizer {
  readonly tokenizer: Tokenizer;
  readonly truncationSide: 'left' | 'right';
}

/**
 * The model's own tokenizer, as transformers builds it of tokenizer.json and tokenizer_config.json.
 * @param modelFolder holds tokenizer.json; or an ONNX file beside it
 * @throws DropsweepError MODEL_UNSUPPORTED when the file is missing or is none
 */
export function openTokenizer(modelFolder: string): ModelTokenizer {
  try {
    const { json, truncationSide } = readTokenizerSettings(modelFolder);
    return { tokenizer: Tokenizer.fromString(json), truncationSide };
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
