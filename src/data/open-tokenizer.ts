import { Tokenizer } from 'tokenizers';
import { DropsweepError } from '../base/errors.ts';
import { besideModel } from '../base/model-place.ts';

/**
 * The model's own tokenizer.
 * @param modelFolder holds tokenizer.json; or an ONNX file beside it
 * @throws DropsweepError MODEL_UNSUPPORTED when the file is missing or is none
 */
export function openTokenizer(modelFolder: string): Tokenizer {
  const path = besideModel(modelFolder, 'tokenizer.json');
  try {
    return Tokenizer.fromFile(path);
  } catch (error) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'the tokenizer cannot be opened', {
      where: path,
      expected: 'a tokenizer.json as Hugging Face writes it',
      fix: 'save the tokenizer with transformers (save_pretrained) beside the weights',
      cause: error,
    });
  }
}
