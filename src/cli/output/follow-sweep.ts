import { renderReport } from '../../report/tables/render-report.ts';
import { readSweepSnapshot, type SnapshotOptions } from '../../store/views/sweep-reader.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { tookSentence } from '../../report/took-sentence.ts';
import { readSweepProvenance } from '../../store/views/sweep-list.ts';
import { readSweepMark } from '../../store/views/sweep-list.ts';
import { carryOut, cloneTools } from '../cockpit/dashboard-commands.ts';
import { dashboardSource, type Watched } from '../cockpit/dashboard-source.ts';
import { type CliContext, endProgress, note, outputWidth, say } from '../cli-context.ts';
import { statusOfSweep } from './exit-status.ts';
import type { OpenRecord } from '../../launch/open-record.ts';
import { readPareto } from '../reading/read-noise.ts';
import { readScoredSweep } from '../reading/read-scored-sweep.ts';
import { whatWaits } from '../../launch/what-waits.ts';

/**
 * Shows a sweep until it ends or the user leaves: the dashboard on a terminal, lines in a pipe. When it has ended,
 * prints the front and sets the exit status.
 */
export async function followSweep(
  context: CliContext,
  record: OpenRecord,
  launched: string,
  looking: Looking = {},
): Promise<'left' | 'finished'> {
  endProgress(context.process);
  const watched: Watched = { name: launched };
  const { beside = false, ...shown } = looking;
  const ended = await (hasScreen(context) && !beside
    ? showDashboard(context, record, watched, shown)
    : showLines(context, record, watched, beside ? note : say));
  // On a screen somebody may have turned to another sweep.
  const { name } = watched;
  if (ended === 'left') {
    note(context, leftWords(watched));
    return ended;
  }
  const snapshot = await readScoredSweep(record.store, name);
  context.process.exitCode = statusOfSweep(snapshot);
  if (beside) return ended;
  say(context, `\n${renderReport(await readPareto(record.store, snapshot), 'table', outputWidth(context))}`);
  const { launchedBy } = await readSweepProvenance(record.store, name);
  const took = tookSentence(snapshot, launchedBy);
  if (took !== null) say(context, took);
  return ended;
}

/** What becomes of a sweep that somebody has looked at until now. */
export function leftWords({ name, state }: Watched): string {
  const again = `dropsweep watch ${name} shows it again`;
  if (state === 'paused') return `${name} is paused. dropsweep resume ${name} goes on with it; ${again}.`;
  return `The sweep goes on. ${again}; dropsweep cancel ${name} ends it.`;
}

/** How a sweep is looked at. */
export interface Looking {
  /** No key commands. */
  readonly readOnly?: boolean;
  /** The mouse chooses rows; absent: as DROPSWEEP_MOUSE says. */
  readonly mouse?: boolean;
  /** Standard output is kept for what programs are told at its end: lines go beside it, and no front. */
  readonly beside?: boolean;
  /** The dashboard's view that it begins with. */
  readonly firstView?: string;
}

/** A terminal that can place its cursor, at both ends. */
export function hasScreen({ process: { stdout, stdin, env } }: CliContext): boolean {
  return stdout.isTTY && stdin.isTTY && env['TERM'] !== 'dumb';
}

async function showDashboard(
  { process }: CliContext,
  record: OpenRecord,
  watched: Watched,
  looking: Looking,
): Promise<'left' | 'finished'> {
  const { runDashboard } = await import('../../dashboard/run-dashboard.tsx');
  const { guardTerminal } = await import('../../dashboard/terminal/terminal-guard.ts');
  return runDashboard({
    readSnapshot: ({ page, trials }) =>
      readWatched(record, watched, { ...(page === undefined ? {} : { page }), onlyWhole: !trials }),
    source: dashboardSource(record.store, watched),
    answers: () => record.store.answers(),
    readMark: () => readSweepMark(record.store, watched.name),
    listen: (changed) => record.store.listen(changed),
    whatWaits: (snapshot) => whatWaits(record.machine, snapshot),
    guard: () => guardTerminal(process.stdout.fd),
    command: (command) => carryOut(record, watched, command),
    clone: cloneTools(record, watched, process.env),
    mouse: process.env['DROPSWEEP_MOUSE'] === 'on',
    ...looking,
    stdout: process.stdout,
    stdin: process.stdin,
  });
}

async function showLines(
  context: CliContext,
  record: OpenRecord,
  watched: Watched,
  speak: (context: CliContext, text: string) => void,
): Promise<'left' | 'finished'> {
  const { runProgressLines } = await import('../../dashboard/lines/run-progress-lines.ts');
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  context.process.once('SIGINT', leave);
  context.process.once('SIGTERM', leave);
  try {
    return await runProgressLines({
      readSnapshot: () => readWatched(record, watched, { trialLimit: 1 }),
      answers: () => record.store.answers(),
      whatWaits: (snapshot) => whatWaits(record.machine, snapshot),
      say: (line) => speak(context, line),
      signal: leaving.signal,
    });
  } finally {
    context.process.off('SIGINT', leave);
    context.process.off('SIGTERM', leave);
  }
}

async function readWatched({ store }: OpenRecord, watched: Watched, options: SnapshotOptions): Promise<SweepSnapshot> {
  const snapshot = await readSweepSnapshot(store, watched.name, options);
  watched.state = snapshot.state;
  return snapshot;
}
