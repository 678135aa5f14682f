import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';
import type { DashboardOptions } from './dashboard-options.ts';
import { dashboardFrame } from './dashboard-frame.ts';
import type { Banner } from './parts/event-lines.ts';
import { KeyActions } from './input/key-actions.ts';
import { listenToKeys } from './input/key-listener.tsx';
import { Keyboard } from './input/keyboard.ts';
import type { MouseReport } from './input/mouse.ts';
import { Notices } from './notices.ts';
import { Pointing } from './input/pointing.ts';
import { Prompt } from './input/prompt.ts';
import { Cloning } from './steering/cloning.ts';
import { confirmPrompt } from './input/confirm-prompt.ts';
import { pollSnapshots } from './reading/snapshot-poller.ts';
import { reasonOf } from './steering/reason-of.ts';
import { type PaintOptions, paintLine } from './terminal/frame-painter.ts';
import { glyphSetOf } from './terminal/glyphs.ts';
import { SnapshotReading } from './reading/snapshot-reading.ts';
import { Steering } from './steering/steering.ts';
import { isFinal } from './lines/sweep-progress.ts';
import { TerminalLoan } from './terminal/terminal-loan.ts';
import { TerminalScreen } from './terminal/terminal-screen.ts';
import { colourBitsOf, themeOf, toneStyles } from './terminal/themes.ts';
import { Viewing } from './viewing.ts';
import { WaitingLook } from './reading/waiting-look.ts';

const waitingLookMs = 5000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Shows a sweep on the whole terminal until somebody leaves or the sweep comes to its end while it is watched. A
 * sweep that had already ended, or that ends while a line is typed, stays on the screen until somebody leaves. The terminal is given back as it was.
 */
export async function runDashboard(options: DashboardOptions): Promise<'left' | 'finished'> {
  const dashboard = new Dashboard(options);
  return dashboard.run();
}

/** Holds what the frame is drawn from, and draws it again when any of it changes. */
class Dashboard {
  readonly #options: DashboardOptions;
  readonly #screen: TerminalScreen;
  readonly #now: () => Date;
  readonly #paint: PaintOptions;
  readonly #leaving = new AbortController();
  readonly #nudges = new EventTarget();
  readonly #loan: TerminalLoan;
  readonly #viewing: Viewing;
  readonly #keyboard: Keyboard;
  readonly #pointing: Pointing;
  readonly #steering: Steering;
  readonly #cloning: Cloning;
  readonly #reading: SnapshotReading;
  #snapshot: SweepSnapshot | null = null;
  readonly #notices: Notices;
  readonly #prompt = new Prompt(() => this.#draw());
  readonly #keys: KeyActions;
  readonly #waiting: WaitingLook;
  #draw: () => void = () => undefined;

  constructor(options: DashboardOptions) {
    this.#options = options;
    this.#reading = new SnapshotReading(options.readSnapshot);
    this.#screen = new TerminalScreen(options.stdout, options.mouse);
    this.#loan = new TerminalLoan({
      screen: this.#screen,
      stdin: options.stdin,
      stop: options.stopProcess ?? (() => process.kill(process.pid, 'SIGSTOP')),
      draw: () => this.#draw(),
    });
    this.#now = options.now ?? (() => new Date());
    this.#notices = new Notices(this.#now, () => this.#draw());
    const { environment = process.env, colour, glyphs } = options;
    this.#paint = {
      styles: toneStyles(themeOf(environment), colour === false ? 1 : colourBitsOf(environment)),
      glyphs: glyphs ?? glyphSetOf(environment),
    };
    this.#keyboard = new Keyboard({
      onKey: (input, key) => this.#keys.press(input, key),
      onPaste: (text) => {
        if (!this.#prompt.paste(text)) this.#notices.say({ text: 'pasted text is not taken as keys', urgent: false });
      },
      ...(options.mouse === true ? { onMouse: (report) => this.#point(report) } : {}),
      onRefused: () => this.#notices.say({ text: 'keys that command are taken one at a time', urgent: false }),
    });
    const say = (banner: Banner): void => this.#notices.say(banner);
    const refusal = options.readOnly === true ? 'read-only: watch without --read-only takes commands' : null;
    this.#steering = new Steering({
      snapshot: () => this.#snapshot,
      foresee: (snapshot) => (this.#snapshot = snapshot),
      trials: () => this.#viewing.trials,
      command: options.command,
      confirm: (question, act) => this.#prompt.open(confirmPrompt(question, act)),
      say,
      refusal,
    });
    this.#cloning = new Cloning({ tools: options.clone, away: (body) => this.#loan.during(body), say, refusal });
    this.#viewing = new Viewing({
      source: options.source,
      size: () => this.#screen,
      snapshot: () => this.#snapshot,
      passedTrials: () => this.#reading.passedTrials,
      draw: () => this.#draw(),
      nudge: () => this.#nudge(),
      failed: (view, error) => this.#notices.say({ text: `could not read ${view}: ${reasonOf(error)}`, urgent: true }),
    });
    this.#waiting = new WaitingLook(options.whatWaits ?? (async () => null), this.#notices);
    this.#keys = new KeyActions({
      ...{ viewing: this.#viewing, steering: this.#steering, cloning: this.#cloning, prompt: this.#prompt, say },
      snapshot: () => this.#snapshot,
      alone: (act) => this.#keyboard.alone(act),
      leave: () => this.#leaving.abort(),
      suspend: () => this.#loan.suspend(),
      watch: (sweep) => this.#watch(sweep),
    });
    this.#pointing = new Pointing({ viewing: this.#viewing, size: () => this.#screen, open: () => this.#keys.open() });
    if (options.firstView !== undefined) this.#viewing.change({ kind: 'go', view: options.firstView });
  }

  async run(): Promise<'left' | 'finished'> {
    const { signal, stdout } = this.#options;
    const leave = (): void => this.#leaving.abort();
    const restore = (): void => this.#screen.leave();
    const resize = (): void => {
      this.#screen.invalidate();
      this.#draw();
    };
    if (signal?.aborted === true) return 'left';
    signal?.addEventListener('abort', leave, { once: true });
    for (const name of signals) process.on(name, leave);
    process.on('exit', restore);
    process.on('SIGTSTP', this.#loan.suspend);
    process.on('SIGCONT', this.#loan.resume);
    stdout.on('resize', resize);
    const release = this.#options.guard?.();
    this.#screen.open();
    const unmount = this.#mount();
    try {
      await this.#poll();
    } finally {
      unmount();
      this.#screen.leave();
      release?.();
      stdout.off('resize', resize);
      process.off('exit', restore);
      process.off('SIGTSTP', this.#loan.suspend);
      process.off('SIGCONT', this.#loan.resume);
      for (const name of signals) process.off(name, leave);
      signal?.removeEventListener('abort', leave);
    }
    return this.#snapshot !== null && isFinal(this.#snapshot) ? 'finished' : 'left';
  }

  #nudge(): void {
    this.#nudges.dispatchEvent(new Event('nudge'));
  }

  #mount(): () => void {
    const deafen = listenToKeys(this.#options.stdin, (input, key) => this.#keyboard.take(input, key));
    this.#draw = () => this.#screen.show(this.#frame());
    this.#draw();
    // Ages and time left go on by themselves; of a sweep that has ended nothing does, but for a notice that ends.
    const clock = setInterval(() => {
      const ended = this.#snapshot !== null && isFinal(this.#snapshot);
      if (!ended || this.#notices.passing) this.#draw();
    }, 1000);
    const looking = setInterval(() => void this.#look(), waitingLookMs);
    return () => {
      clearInterval(clock);
      clearInterval(looking);
      this.#keyboard.close();
      this.#draw = () => undefined;
      deafen();
    };
  }

  /** Asks what the sweep waits for. */
  async #look(): Promise<void> {
    if (this.#snapshot !== null && (await this.#waiting.look(this.#snapshot))) this.#draw();
  }

  #watch(sweep: string): void {
    this.#options.source.watch(sweep);
    this.#snapshot = null;
    this.#nudge();
  }

  async #poll(): Promise<void> {
    const { answers, readMark, listen, restingRefreshMs, restTimes, refreshMs = 500 } = this.#options;
    await pollSnapshots({
      readSnapshot: async () => {
        const snapshot = await this.#reading.next(this.#snapshot, this.#viewing.showsTrials, this.#viewing.state);
        await this.#viewing.read(snapshot);
        return snapshot;
      },
      nudges: this.#nudges,
      ...(answers === undefined ? {} : { answers }),
      ...(readMark === undefined ? {} : { readMark }),
      ...(listen === undefined ? {} : { listen }),
      ...(restingRefreshMs === undefined ? {} : { restingRefreshMs }),
      ...(restTimes === undefined ? {} : { restTimes }),
      rests: isFinal,
      readBeside: () => this.#readBeside(),
      refreshMs,
      signal: this.#leaving.signal,
      onSnapshot: (snapshot) => {
        const wasGoing = this.#snapshot?.sweepId === snapshot.sweepId && !isFinal(this.#snapshot);
        const first = this.#snapshot === null;
        this.#snapshot = snapshot;
        this.#notices.back();
        this.#draw();
        if (first) void this.#look();
        if (wasGoing && isFinal(snapshot)) this.#end();
      },
      onAway: (reason) => this.#notices.away(reason),
      onSlow: () => this.#notices.slow(),
    });
  }

  /** The sweep has ended. Where somebody types a line, it stays: what is typed next is for it, and not for the shell. */
  #end(): void {
    if (this.#prompt.shown === null) this.#leaving.abort();
    else this.#notices.say({ text: 'the sweep has ended: q leaves', urgent: false });
  }

  /** Of a sweep that has ended the view is read again alone, and only one that shows more than it. */
  async #readBeside(): Promise<void> {
    if (this.#snapshot === null || !this.#viewing.beyondSweep) return;
    await this.#viewing.read(this.#snapshot);
    this.#draw();
  }

  #frame() {
    const frame = dashboardFrame({
      snapshot: this.#snapshot,
      view: this.#viewing.state,
      read: this.#viewing.shown,
      reading: this.#viewing.reading,
      banner: this.#notices.banner,
      prompt: this.#prompt.shown,
      now: this.#now(),
      tabs: this.#options.mouse === true,
      width: this.#screen.columns,
      height: this.#screen.rows,
    });
    return frame.map((line) => paintLine(line, this.#paint));
  }

  /** While a line is typed, the mouse does nothing. */
  #point(report: MouseReport): void {
    if (this.#prompt.shown === null) this.#pointing.take(report);
  }
}
