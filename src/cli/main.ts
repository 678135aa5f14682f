#!/usr/bin/env node
import './production-mode.ts';
import { ExitCode, proposeCompletions, run } from '@stricli/core';
import { escapeControls } from '../base/escape-controls.ts';
import { appFor } from './app.ts';
import { describeError } from './output/describe-error.ts';
import { type CliContext, endProgress } from './cli-context.ts';
import { exitStatus, statusOfError } from './output/exit-status.ts';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitStatus.done);
  process.stderr.write(escapeControls(`${describeError(error)}\n`));
  process.exit(exitStatus.failed);
});

// Nobody reads what goes wrong: the status says it.
process.stderr.on('error', () => undefined);

type Spoken = ReturnType<typeof spoken>;

/** What the framework itself says: help, and errors with what was typed in them. */
const { stdout, stderr } = process;
const spoken = (stream: NodeJS.WriteStream) => ({
  write(text: string): void {
    endProgress(process);
    stream.write(escapeControls(text));
  },
  getColorDepth: () => stream.getColorDepth?.() ?? 1,
});
const ended: { stdout: Spoken; stderr: Spoken; exitCode: number | string | null } = {
  stdout: spoken(stdout),
  stderr: spoken(stderr),
  exitCode: null,
};
const context: CliContext = {
  process,
  runAgain: (words) => run(appFor(words), words, dynamic),
  propose: async (words) =>
    (await proposeCompletions(appFor(words), words, dynamic)).map(({ completion, brief }) => `${completion}\t${brief}`),
};
const dynamic = { process: ended, forCommand: (): CliContext => context };
const words = process.argv.slice(2);
if (words.length > 0 || !(await opened())) await run(appFor(words), words[0] === '-V' ? ['--version'] : words, dynamic);
endProgress(process);

/** Without a verb, on a terminal. */
async function opened(): Promise<boolean> {
  try {
    return await (await import('./cockpit/open-cockpit.ts')).openCockpit(context);
  } catch (error) {
    process.stderr.write(escapeControls(`${describeError(error)}\n`));
    process.exitCode = statusOfError(error);
    return true;
  }
}

// Verbs set the process's own status; the framework's negative ones are not for shells.
const misused: readonly unknown[] = [ExitCode.UnknownCommand, ExitCode.InvalidArgument];
const status = Number(ended.exitCode ?? 0);
if (misused.includes(ended.exitCode)) process.exitCode = exitStatus.invalid;
else if (status !== 0) process.exitCode = status < 0 ? exitStatus.failed : status;
