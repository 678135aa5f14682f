#!/usr/bin/env node
import './production-mode.ts';
import { ExitCode, run } from '@stricli/core';
import { app } from './app.ts';
import type { CliContext } from './cli-context.ts';
import { exitStatus } from './exit-status.ts';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitStatus.done);
  throw error;
});

const { stdout, stderr } = process;
const ended: { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream; exitCode: number | string | null } = {
  stdout,
  stderr,
  exitCode: null,
};
await run(app, process.argv.slice(2), { process: ended, forCommand: (): CliContext => ({ process }) });
// Verbs set the process's own status; the framework's negative ones are not for shells.
const misused: readonly unknown[] = [ExitCode.UnknownCommand, ExitCode.InvalidArgument];
const status = Number(ended.exitCode ?? 0);
if (misused.includes(ended.exitCode)) process.exitCode = exitStatus.invalid;
else if (status !== 0) process.exitCode = status < 0 ? exitStatus.failed : status;
