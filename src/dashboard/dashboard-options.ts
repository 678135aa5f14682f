import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';
import type { ReadSnapshot } from './reading/snapshot-reading.ts';
import type { CloneTools } from './steering/cloning.ts';
import type { GlyphSet } from './terminal/glyphs.ts';
import type { DashboardCommand } from './input/key-bindings.ts';
import type { Listen } from './reading/snapshot-poller.ts';
import type { TerminalOutput } from './terminal/terminal-screen.ts';
import type { ViewSource } from './reading/view-source.ts';

/** The means with which the dashboard shows a sweep on a terminal. */
export interface DashboardOptions {
  readonly readSnapshot: ReadSnapshot;
  /** The queries of single views. */
  readonly source: ViewSource;
  /** See SnapshotPollerOptions. */
  readonly answers?: () => Promise<unknown>;
  readonly readMark?: () => Promise<string>;
  readonly listen?: Listen;
  /** What the sweep waits for, asked every few seconds; absent, or null: nothing stands in its way. */
  readonly whatWaits?: (snapshot: SweepSnapshot) => Promise<string | null>;
  /** Writes desired state into PostgreSQL. @returns false: it was so already. A rejection is shown and changes nothing. */
  readonly command: (command: DashboardCommand) => Promise<boolean>;
  /** Absent: trials cannot be cloned. */
  readonly clone?: CloneTools;
  /** Looks alone: no key commands. */
  readonly readOnly?: boolean;
  /** Presses choose rows and tabs, and the wheel scrolls; default: the mouse is the terminal's, which selects text. */
  readonly mouse?: boolean;
  /** The view that it begins with; absent: the sweep at once. */
  readonly firstView?: string;
  readonly stdout: TerminalOutput;
  readonly stdin: NodeJS.ReadStream;
  readonly refreshMs?: number;
  readonly restingRefreshMs?: number;
  /** See SnapshotPollerOptions. */
  readonly restTimes?: number;
  /** Leaves when it fires; the sweep goes on. */
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
  /** Default: as much as the terminal has, none where NO_COLOR is set. */
  readonly colour?: boolean;
  /** Default: as the locale or DROPSWEEP_GLYPHS says. */
  readonly glyphs?: GlyphSet;
  /** The environment that says which colours and signs a terminal has; default: this process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Watches over the terminal until the function that it returns is called; absent: nobody does. */
  readonly guard?: () => () => void;
  /** Stops the process until it is continued. Default: this process, by SIGSTOP. */
  readonly stopProcess?: () => void;
}
