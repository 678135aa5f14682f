import type { Encoding, Tokenizer } from 'tokenizers';
import { tokenise } from './tokenise.ts';

/** The special tokens of a model around one sequence, or a pair of them. */
export interface SequenceFrame {
  /** Before the first sequence, between the two of a pair, after the last. */
  readonly specials: readonly (readonly SpecialToken[])[];
  /** Type of each sequence's tokens. */
  readonly types: readonly number[];
  /** How many special tokens there are. */
  readonly size: number;
}

interface SpecialToken {
  readonly id: number;
  readonly type: number;
}

/**
 * The tokens that the model's post-processor puts around sequences. Windows are made by it, not by the library's
 * overflow: since 0.22 that loses what lies beyond the first `maxLength` tokens of a sequence.
 * @param sequences 1, or 2 for a pair
 */
export async function sequenceFrame(tokenizer: Tokenizer, sequences: 1 | 2): Promise<SequenceFrame> {
  const probe = sequences === 1 ? { text: 'a' } : { text: 'a', text_pair: 'a' };
  const [frame] = await tokenise(tokenizer, [probe], {}, (encoding) => frameOf(encoding, sequences));
  if (frame === undefined) throw new Error('one text gives one encoding');
  return frame;
}

function frameOf(encoding: Encoding, sequences: number): SequenceFrame {
  const ids = encoding.getIds();
  const types = encoding.getTypeIds();
  const specials: SpecialToken[][] = Array.from({ length: sequences + 1 }, () => []);
  const own: number[] = [];
  let met = 0;
  for (const [token, sequence] of encoding.getSequenceIds().entries()) {
    const type = types[token] ?? 0;
    if (sequence === null || sequence === undefined) {
      specials[met]?.push({ id: ids[token] ?? 0, type });
    } else {
      met = sequence + 1;
      own[sequence] = type;
    }
  }
  return { specials, types: own, size: specials.reduce((sum, part) => sum + part.length, 0) };
}

/** Sequences of tokens as the model takes them. */
export interface FramedTokens {
  readonly ids: Int32Array;
  readonly typeIds: Uint8Array;
  /** Where each sequence begins. */
  readonly starts: readonly number[];
}

export function framed({ specials, types }: SequenceFrame, sequences: readonly (readonly number[])[]): FramedTokens {
  const ids: number[] = [];
  const typeIds: number[] = [];
  const starts: number[] = [];
  for (const [place, part] of specials.entries()) {
    for (const { id, type } of part) {
      ids.push(id);
      typeIds.push(type);
    }
    const sequence = sequences[place];
    if (sequence === undefined) continue;
    starts.push(ids.length);
    for (const id of sequence) {
      ids.push(id);
      typeIds.push(types[place] ?? 0);
    }
  }
  return { ids: Int32Array.from(ids), typeIds: Uint8Array.from(typeIds), starts };
}

/**
 * Where windows over a sequence begin, each with `stride` tokens of the one before it; the last reaches the end.
 * @param room tokens of a window, more than `stride`
 */
export function windowStarts(length: number, room: number, stride: number): number[] {
  if (room <= stride) throw new RangeError(`windows of ${room} tokens cannot have ${stride} of them again`);
  const starts = [0];
  while ((starts.at(-1) ?? 0) + room < length) starts.push((starts.at(-1) ?? 0) + room - stride);
  return starts;
}
