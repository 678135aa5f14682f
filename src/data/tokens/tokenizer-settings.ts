import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DropsweepError } from '../../base/errors.ts';
import { besideModel } from '../../base/model-place.ts';

/** A tokenizer as transformers would build it of a model's files. */
export interface TokenizerSettings {
  /** tokenizer.json, with what tokenizer_config.json says otherwise. */
  readonly json: string;
  /** Which end of a row that is too long is cut off. */
  readonly truncationSide: 'left' | 'right';
  /** The special tokens of tokenizer_config.json, by their names there: bos_token, eos_token, pad_token, unk_token. */
  readonly specialTokens: Readonly<Record<string, string>>;
  /** How chats are written, in Jinja: chat_template.jinja, or tokenizer_config.json's; null: neither says. */
  readonly chatTemplate: string | null;
  /** Whether tokenizer_config.json changes anything: then tokenizer.json alone does not tell what rows become. */
  readonly changed: boolean;
}

const specialToken = z
  .union([z.string(), z.object({ content: z.string() }).loose()])
  .transform((token) => (typeof token === 'string' ? token : token.content))
  .nullish();

const specialNames = ['bos_token', 'eos_token', 'pad_token', 'unk_token'] as const;

const configuration = z.object({
  bos_token: specialToken,
  eos_token: specialToken,
  pad_token: specialToken,
  unk_token: specialToken,
  chat_template: z.union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }).loose())]).nullish(),
  tokenizer_class: z.string().nullish(),
  truncation_side: z.enum(['left', 'right']).nullish(),
  do_lower_case: z.boolean().nullish(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().nullish(),
  add_prefix_space: z.boolean().nullish(),
  added_tokens_decoder: z
    .record(z.string(), z.object({ content: z.string(), special: z.boolean().default(false) }).loose())
    .nullish(),
});

type Configuration = z.infer<typeof configuration>;

const component = z.object({ type: z.string() }).loose();

const description = z
  .object({
    normalizer: component.nullish(),
    pre_tokenizer: component.nullish(),
    added_tokens: z.array(z.object({ id: z.number(), content: z.string() }).loose()).default([]),
    model: z.object({ vocab: z.unknown() }).loose(),
  })
  .loose();

type Description = z.infer<typeof description>;

/** Classes of transformers that take tokenizer.json as it is. */
const generic: ReadonlySet<string> = new Set(['PreTrainedTokenizerFast', 'TokenizersBackend']);

/**
 * Reads a model's tokenizer.json and the tokenizer_config.json beside it, which transformers obeys where the two
 * differ: the side that is cut, a BERT-like normaliser's case and accents, a byte-level tokenizer's leading space,
 * added tokens. `padding_side` has no part in it, since padding is masked and positions count from a row's first token;
 * nor has `model_max_length`, since transformers too cuts at the `max_length` that it is given.
 * @param place the model's folder, or an ONNX file beside them
 * @throws MODEL_UNSUPPORTED where the two cannot both be true
 */
export function readTokenizerSettings(place: string): TokenizerSettings {
  const file = besideModel(place, 'tokenizer.json');
  const text = readFileSync(file, 'utf8');
  const config = readConfiguration(besideModel(place, 'tokenizer_config.json'));
  const template = readIfThere(besideModel(place, 'chat_template.jinja'));
  if (config === null)
    return { json: text, truncationSide: 'right', specialTokens: {}, chatTemplate: template, changed: false };
  const truncationSide = config.truncation_side ?? 'right';
  const said = { truncationSide, specialTokens: specialTokensOf(config), chatTemplate: template ?? templateOf(config) };
  const parsed = description.safeParse(parseJson(text, file));
  // What is no description is told of by the tokenizer itself.
  if (!parsed.success) return { json: text, ...said, changed: truncationSide === 'left' };
  const obeyed = obey(parsed.data, config, file);
  const json = obeyed === parsed.data ? text : JSON.stringify(obeyed);
  return { json, ...said, changed: json !== text || truncationSide === 'left' };
}

function specialTokensOf(config: Configuration): Readonly<Record<string, string>> {
  return Object.fromEntries(specialNames.flatMap((name) => (config[name] ? [[name, config[name]]] : [])));
}

/** Of several templates, the one called default. */
function templateOf({ chat_template: given }: Configuration): string | null {
  if (given === undefined || given === null || typeof given === 'string') return given ?? null;
  return given.find(({ name }) => name === 'default')?.template ?? null;
}

function obey(given: Description, config: Configuration, file: string): Description {
  let said = given;
  const { normalizer, pre_tokenizer: preTokenizer } = given;
  const ofClass = !generic.has(config.tokenizer_class ?? '');
  if (ofClass && normalizer?.type === 'BertNormalizer') {
    const wanted = {
      lowercase: config.do_lower_case ?? true,
      strip_accents: config.strip_accents ?? normalizer['strip_accents'] ?? null,
      handle_chinese_chars: config.tokenize_chinese_chars ?? normalizer['handle_chinese_chars'] ?? true,
    };
    if (Object.entries(wanted).some(([name, value]) => (normalizer[name] ?? null) !== value)) {
      said = { ...said, normalizer: { ...normalizer, ...wanted } };
    }
  }
  const space = config.add_prefix_space ?? null;
  if (ofClass && space !== null && preTokenizer?.type === 'ByteLevel' && preTokenizer['add_prefix_space'] !== space) {
    said = { ...said, pre_tokenizer: { ...preTokenizer, add_prefix_space: space } };
  }
  return withAddedTokens(said, config, file);
}

/** Tokens that tokenizer_config.json adds, under the ids that it gives them. */
function withAddedTokens(
  given: Description,
  { added_tokens_decoder: added }: Configuration,
  file: string,
): Description {
  if (added === undefined || added === null) return given;
  const known = new Map(given.added_tokens.map(({ id, content }) => [content, id]));
  const vocabulary = vocabularyOf(given);
  const missing = Object.entries(added).flatMap(([key, { content, ...options }]) => {
    const id = Number(key);
    const there = known.get(content) ?? vocabulary.get(content);
    if (there !== undefined && there !== id) {
      throw new DropsweepError('MODEL_UNSUPPORTED', 'the tokenizer’s two files give a token two ids', {
        where: file,
        got: `${content}: ${there} there, ${id} in tokenizer_config.json`,
        expected: 'one id',
        fix: 'save the tokenizer again with transformers (save_pretrained)',
      });
    }
    return known.has(content) ? [] : [{ ...defaults, ...options, id, content }];
  });
  if (missing.length === 0) return given;
  const all = [...given.added_tokens, ...missing].toSorted((a, b) => a.id - b.id);
  return { ...given, added_tokens: all };
}

const defaults = { single_word: false, lstrip: false, rstrip: false, normalized: false };

function vocabularyOf({ model }: Description): ReadonlyMap<string, number> {
  const { vocab } = model;
  if (Array.isArray(vocab))
    return new Map(vocab.map((entry: unknown, id) => [String(Reflect.get(Object(entry), 0)), id]));
  return new Map(Object.entries(Object(vocab)).map(([token, id]) => [token, Number(id)]));
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function readConfiguration(file: string): Configuration | null {
  const text = readIfThere(file);
  if (text === null) return null;
  const result = configuration.safeParse(parseJson(text, file));
  if (result.success) return result.data;
  throw new DropsweepError('MODEL_UNSUPPORTED', 'tokenizer_config.json cannot be followed', {
    where: file,
    got: result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    fix: 'save the tokenizer again with transformers (save_pretrained)',
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'a file of the tokenizer is no JSON', { where: file, cause });
  }
}
