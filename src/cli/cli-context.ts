import type { CommandContext } from '@stricli/core';

/** What a verb is run with. */
export interface CliContext extends CommandContext {
  readonly process: NodeJS.Process;
}

const pipedWidth = 80;

/** Columns that a table may take: the terminal's, or 80 in a pipe. */
export function outputWidth({ process }: CliContext): number {
  return process.stdout.isTTY ? Math.max(40, process.stdout.columns) : pipedWidth;
}

export function say({ process }: CliContext, text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** For people beside the output proper, which may be piped into a program. */
export function note({ process }: CliContext, text: string): void {
  process.stderr.write(`${text}\n`);
}
