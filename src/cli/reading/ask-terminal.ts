import { createInterface } from 'node:readline/promises';
import { escapeControls } from '../../base/escape-controls.ts';
import { DropsweepError } from '../../base/errors.ts';
import { type CliContext, say } from '../cli-context.ts';

/** Whether somebody is there to answer. */
export function canAsk({ process }: CliContext): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/**
 * Asks on the terminal, a line for each question, without the blanks around it.
 * @throws USAGE from a question where the terminal ends before its answer: Ctrl-C, or Ctrl-D
 */
export async function withTerminal<Result>(
  context: CliContext,
  use: (ask: (question: string) => Promise<string>) => Promise<Result>,
): Promise<Result> {
  const { process } = context;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const left = new Promise<never>((_resolve, reject) => {
    lines.once('close', () => {
      say(context, '');
      reject(new DropsweepError('USAGE', 'left before the last answer: nothing is done'));
    });
  });
  try {
    return await use(async (question) => (await Promise.race([lines.question(escapeControls(question)), left])).trim());
  } finally {
    lines.removeAllListeners('close');
    lines.close();
    left.catch(() => undefined);
  }
}
