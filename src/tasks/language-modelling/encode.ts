import type { EncodedInput, EncodedRows } from '../../data/encoded-rows.ts';
import { packInputs } from '../../data/batches/pack-inputs.ts';
import { codePointCount } from '../../data/tokens/code-points.ts';
import { tokenise } from '../../data/tokens/tokenise.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import type { EncodeRequest } from '../task.ts';
import { openChatTemplate } from './chat-template.ts';
import { type Conversation, thawConversation } from './rows.ts';
import { demandTemplateOf } from './settle.ts';
import { type WrittenRow, writtenByAlpaca, writtenByTemplate } from './written-row.ts';

/** Of tokens that are not the model's to say. */
const ignored = -100;

/**
 * One input for each row, or of short ones together where they are packed to train on, cut to the longest that is wanted: labels are the tokens of responses, each at its own place,
 * with the token that ends a text after Alpaca's; a template writes its own. A token is of a response where it ends in it.
 */
export async function encode(frozen: readonly FrozenRow[], request: EncodeRequest): Promise<EncodedRows> {
  const {
    tokenizer,
    truncationSide,
    maxLength,
    tokenised: told,
    placeOf = (row: number) => `row ${row + 1}`,
  } = request;
  const { write, specialTokens, end } = formOf(request);
  const written = frozen.map((row, number) => write(thawConversation(row), placeOf(number)));
  let [cutRows, emptied] = [0, 0];
  const cutting = { told, ...(specialTokens ? {} : { specialTokens: false as const }) };
  const inputs = await tokenise(tokenizer, written, cutting, (encoding, row): EncodedInput => {
    const ids = encoding.getIds();
    const labels = labelsOf(ids, encoding.getOffsets(), written[row]);
    if (end !== null && ids.at(-1) !== end) ids.push(end);
    if (end !== null) labels[ids.length - 1] = written[row]?.responses.length === 0 ? ignored : end;
    const surplus = Math.max(0, ids.length - maxLength);
    const from = truncationSide === 'left' ? surplus : 0;
    const kept = <Part>(whole: readonly Part[]) => whole.slice(from, from + ids.length - surplus);
    const input = { ids: Int32Array.from(kept(ids)), labels: kept(labels), row };
    if (surplus > 0) cutRows += 1;
    if (surplus > 0 && responseTokens(input).length === 0) emptied += 1;
    return { ...input, typeIds: new Uint8Array(input.ids.length) };
  });
  const packs = request.training === true && request.shape.settings?.['pack'] === true;
  return { rows: frozen, inputs: packs ? packInputs(inputs, maxLength) : inputs, cut: { rows: cutRows, emptied } };
}

interface PromptWriting {
  readonly write: (row: Conversation, where: string) => WrittenRow;
  /** Whether the tokenizer's own come around the text; a template has them already. */
  readonly specialTokens: boolean;
  /** What follows the last response; null: nothing. */
  readonly end: number | null;
}

function formOf(request: EncodeRequest): PromptWriting {
  const { settings = {} } = request.shape;
  if (settings['prompt'] === 'chat') {
    demandTemplateOf(request.shape, request);
    const template = openChatTemplate(request);
    return { write: (row, where) => writtenByTemplate(row, template, where), specialTokens: false, end: null };
  }
  const { end_token: end } = settings;
  const id = typeof end === 'string' ? request.tokenizer.tokenToId(end) : null;
  return { write: writtenByAlpaca, specialTokens: true, end: id ?? null };
}

function labelsOf(
  ids: readonly number[],
  offsets: readonly (readonly number[])[],
  { text, responses }: WrittenRow = { text: '', responses: [] },
): number[] {
  const spans = responses.map(([start, end]) => {
    const from = codePointCount(text.slice(0, start));
    return [from, from + codePointCount(text.slice(start, end))] as const;
  });
  return ids.map((id, token) => {
    const [start = 0, end = 0] = offsets[token] ?? [];
    return end > start && spans.some(([from, to]) => end > from && end <= to) ? id : ignored;
  });
}

/** Places of an input's tokens that are the model's to say; the first of all is said by none. */
export function responseTokens({ labels }: Pick<EncodedInput, 'labels'>): readonly number[] {
  return labels.flatMap((label, token) => (label === ignored || token === 0 ? [] : [token]));
}
