import type { CommandContext } from '@stricli/core';
import { escapeControls } from '../base/escape-controls.ts';
import type { Progress } from '../base/progress.ts';
import { ProgressLine } from './output/progress-line.ts';

/** The context that a verb is run with. */
export interface CliContext extends CommandContext {
  readonly process: NodeJS.Process;
  /** Runs another command line, for verbs about verbs. */
  readonly runAgain: (words: readonly string[]) => Promise<void>;
  /** Proposals for the last of these words: each with its description, after a tab. */
  readonly propose: (words: readonly string[]) => Promise<readonly string[]>;
}

/** Columns that a table may take: the terminal's; what goes into a pipe or a file is never cut. */
export function outputWidth({ process }: CliContext): number {
  return process.stdout.isTTY ? Math.max(40, process.stdout.columns) : Number.POSITIVE_INFINITY;
}

const lines = new WeakMap<NodeJS.Process, ProgressLine>();

/** Shows people, on standard error, how far something is. */
export function progressOf({ process }: CliContext): Progress {
  const known = lines.get(process);
  if (known !== undefined) return known.tell;
  const { stderr, env } = process;
  const isTerminal = stderr.isTTY && env['TERM'] !== 'dumb';
  let shown = '';
  const line = new ProgressLine({
    isTerminal,
    width: stderr.columns ?? 80,
    line: (text) => void stderr.write(ended(escapeControls(text))),
    foot(text) {
      if (isTerminal && text !== shown) stderr.write(`\r\u001B[K${escapeControls(text)}`);
      shown = text;
    },
  });
  lines.set(process, line);
  return line.tell;
}

/** Nothing goes on any more that is shown: before anything else is written. */
export function endProgress(process: NodeJS.Process): void {
  lines.get(process)?.end();
}

/** The output proper, for people: nothing in it can steer the terminal. */
export function say({ process }: CliContext, text: string): void {
  endProgress(process);
  process.stdout.write(ended(escapeControls(text)));
}

/** Output that programs read. */
export function sayData(context: CliContext, text: string): void {
  sayPart(context, ended(text));
}

/** A part of such output, to the byte, except where it would reach a terminal. */
export function sayPart({ process }: CliContext, text: string): void {
  if (process.stdout.isTTY) endProgress(process);
  process.stdout.write(process.stdout.isTTY ? escapeControls(text) : text);
}

/** Output that is no text: not to a terminal. */
export function sayBytes({ process }: CliContext, bytes: Uint8Array): void {
  process.stdout.write(bytes);
}

/** For people beside the output proper, which may be piped into a program. */
export function note({ process }: CliContext, text: string): void {
  endProgress(process);
  process.stderr.write(ended(escapeControls(text)));
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
