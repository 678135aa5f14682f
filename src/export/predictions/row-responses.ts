import type { Progress } from '../../base/progress.ts';
import { openTokenizer } from '../../data/tokens/open-tokenizer.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import type { PromptTokens } from '../../tasks/task.ts';
import type { ExportedTrial } from '../exported-trial.ts';
import { openTeller } from './open-teller.ts';

/** What a trial says to a row, and whether it came to an end by itself. */
export interface RowResponse {
  readonly response: string;
  readonly finished: boolean;
}

/**
 * A response for each row, the likeliest token after each. All prompts are held to the model's room before any is
 * answered, so that a row that is too long is told at once.
 * @param most tokens of a response
 * @throws USAGE where the task gives no texts; MODEL_UNSUPPORTED with the row's number where its prompt leaves no room
 */
export async function rowResponses(
  exported: ExportedTrial,
  rows: readonly FrozenRow[],
  { most, progress }: { readonly most: number; readonly progress: Progress },
): Promise<readonly RowResponse[]> {
  const teller = await openTeller(exported, openTokenizer(exported.place));
  try {
    const prompts: { prompt: PromptTokens; room: number }[] = [];
    for (const [number, row] of rows.entries()) {
      const where = `row ${number + 1}`;
      const prompt = await teller.generation.promptOfRow(row, teller.request, where);
      prompts.push({ prompt, room: teller.room(prompt, most, where) });
    }
    const found: RowResponse[] = [];
    for (const { prompt, room } of prompts) {
      progress('answering', { done: found.length, of: rows.length, unit: 'rows' });
      const { text, ended } = await teller.tell(prompt, room);
      found.push({ response: text, finished: ended });
    }
    return found;
  } finally {
    await teller.close();
  }
}
