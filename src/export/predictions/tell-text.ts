import type { ModelTokenizer } from '../../data/tokens/open-tokenizer.ts';
import type { AskedText } from '../../tasks/task.ts';
import type { ExportedTrial } from '../exported-trial.ts';
import { openTeller, type ToldText } from './open-teller.ts';

export interface TellRequest {
  readonly asked: AskedText;
  /** Tokens at most. */
  readonly most: number;
  /** The first so many of an ensemble; absent: all. */
  readonly members?: number;
}

/**
 * Goes on with one text.
 * @throws USAGE where its task gives no texts; MODEL_UNSUPPORTED where the prompt leaves no room
 */
export async function tellText(
  exported: ExportedTrial,
  tokenizer: ModelTokenizer,
  { asked, most, members }: TellRequest,
): Promise<ToldText & { readonly members: number }> {
  const teller = await openTeller(exported, tokenizer, members);
  try {
    const prompt = await teller.generation.prompt(asked, teller.request);
    const told = await teller.tell(prompt, teller.room(prompt, most, '--prompt'));
    return { ...told, members: teller.members };
  } finally {
    await teller.close();
  }
}
