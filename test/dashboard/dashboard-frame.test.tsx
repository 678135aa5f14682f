import { describe, expect, it } from 'vitest';
import { initialViewState } from '../../src/dashboard/view-state.ts';
import { drawFrame } from './draw-frame.ts';
import { ago, now, quickstartTrials, situations, snapshot, trial } from './sweep-fixture.ts';

const sizes = [
  [60, 20],
  [80, 24],
  [120, 40],
] as const;

describe('the whole frame', () => {
  for (const [name, situation] of Object.entries(situations)) {
    for (const [width, height] of sizes) {
      it(`shows a sweep that is ${name} in ${width}×${height}`, async () => {
        const frame = drawFrame({ snapshot: situation(), width, height });
        await expect(`${frame}\n`).toMatchFileSnapshot(`frames/${name}-${width}x${height}.txt`);
      });
    }
  }

  it('is never wider or higher than the terminal, whatever its size', () => {
    for (const situation of Object.values(situations)) {
      for (const view of ['overview', 'trials'] as const) {
        for (const [width, height] of [
          [20, 5],
          [40, 10],
          [75, 19],
          [76, 18],
          [199, 70],
        ] as const) {
          // drawFrame throws where a line is too wide or there are too many.
          drawFrame({ snapshot: situation(), width, height, view: { ...initialViewState, view } });
        }
      }
    }
  });

  it('says in a terminal of 12 columns in one line what it needs', () => {
    const frame = drawFrame({ snapshot: situations.running(), width: 12, height: 6 });
    expect(frame.trim()).toBe('needs 40×10');
    const wider = drawFrame({ snapshot: situations.running(), width: 39, height: 6 });
    expect(wider.trim()).toBe('needs 40×10, q leaves');
    // A question that was open when the terminal became small has the keys, unseen.
    const prompt = { problem: null, draw: () => [] };
    const asked = (width: number) => drawFrame({ snapshot: situations.running(), width, height: 6, prompt }).trim();
    expect([12, 16, 39].map(asked)).toEqual(['needs 40×10', 'needs 40×10, esc', 'needs 40×10, esc closes the line']);
  });

  it('says to its end what a banner says that is wider than the terminal, in three lines at most', () => {
    const words = 'could not ask for cancelling trials 39, 51: single trials cannot be cancelled; cancel the sweep';
    const lines = drawFrame({
      snapshot: situations.running(),
      width: 60,
      height: 20,
      banner: { text: words, urgent: true },
    }).split('\n');
    expect(lines.slice(-3)).toEqual([
      '! could not ask for cancelling trials 39, 51: single trials',
      'cannot be cancelled; cancel the sweep',
      expect.stringMatching(/^q leave/),
    ]);
    const long = { text: `${words} ${words} ${words}`, urgent: true };
    const most = drawFrame({ snapshot: situations.running(), width: 40, height: 10, banner: long }).split('\n');
    expect(most.slice(-4, -1).map((line) => line.slice(-1))).toEqual(['s', 'e', '…']);
  });

  it('says what it waits for before the first reading', () => {
    const frame = drawFrame({ snapshot: null, width: 60, height: 20 });
    expect(frame).toContain('waiting for PostgreSQL');
    expect(frame).toContain('q leave');
  });

  it('says since when the database is away, and keeps what it last read on the screen', () => {
    const banner = { text: 'PostgreSQL away since 12:03:11, trying again: ECONNREFUSED', urgent: true };
    const lines = drawFrame({ snapshot: situations.running(), banner, width: 80, height: 24 }).split('\n');
    expect(lines.at(-2)).toBe('! PostgreSQL away since 12:03:11, trying again: ECONNREFUSED');
    expect(lines[0]).toContain('quickstart');
  });

  it('lists every key in the help', () => {
    const frame = drawFrame({
      snapshot: situations.running(),
      view: { ...initialViewState, help: true },
      width: 60,
      height: 20,
    });
    expect(frame).toMatchInlineSnapshot(`
      "dropsweep quickstart                                 RUNNING
      [##########----------] 51 % · 3.14 steps/s · 3 min 07 s left
      4/10 trainings · 2 running · 1 reused · 4 waiting
      ── keys 1–14 of 30, j k ────────────────────────────────────
      q, Ctrl-Z   leave (the sweep goes on), or stop until \`fg\`
      ?, tab, :   this help, the next view, anything by its name
      ↑ ↓ or k j  choose a row
      PgUp PgDn   a page; Home, End: the first, the last
      enter, esc  open the chosen row, go back (or show all again)
      s, /        sort the trials (or :sort COLUMN), filter them
      :columns    of the trials, as in :columns p M accuracy
      space       mark trials for R, C and P (or :unmark)
      p, r        pause (slots checkpoint and stop), resume
      D           drain: what was begun ends, nothing else begins
      + -         one lane more or less (or :parallelism N)
      :priority   N: among sweeps the higher goes first
      :budget     limits, as in :budget hours=4 failures=none
      c           clone the trial with changes, in $EDITOR
      12:09:52Z training 4 succeeded after 31.5 s
      q leave  ? help  tab view  p pause  r resume  s sort"
    `);
  });

  it('scrolls through the trials and says where it is', () => {
    const view = { ...initialViewState, view: 'trials' as const, offset: 5, sort: 5 };
    const frame = drawFrame({ snapshot: situations.finished(), view, width: 80, height: 14 });
    expect(frame).toMatchInlineSnapshot(`
      "dropsweep quickstart                                                   COMPLETED
      [######################################################] 100 % · took 4 min 12 s
      10/10 trainings · 0 running · parallelism 2
      ── trials 6–12 of 26 by trial ──────────────────────────────────────────────────
           #     p     λ   N   M seed accuracy    ECE    NLL complexity state
      *    6  0.25     0   1   1    2   0.8625 0.0290 0.3700      0.740 done
           7  0.25     0   1   2    2   0.8525 0.0440 0.3100      0.740 done
           8  0.25     0   1   4    2   0.8425 0.0320 0.3200      0.740 done
           9  0.25     0   2   1    1   0.8600 0.0200 0.3300      0.740 done
          10  0.25     0   2   2    1   0.8500 0.0350 0.3400      0.740 done
          11  0.25     0   2   4    1   0.8400 0.0230 0.3500      0.740 done
          12  0.25     0   2   1    2   0.8575 0.0380 0.3600      0.740 done
      12:10:00Z completed: 10 trainings, 26 trials
      q leave  ? help  tab view  p pause  r resume  s sort  / filter  jk scroll"
    `);
  });

  it('shows axes beyond p, λ, N and M where they vary', () => {
    const base = snapshot();
    const definition = { ...base.definition, space: { learning_rate: [1e-3, 5e-5], rank: [4, 8] } };
    const trials = [trial(1, { configuration: { ...trial(1).configuration, learning_rate: 5e-5, rank: 4 } })];
    const frame = drawFrame({ snapshot: { ...base, definition, trials }, width: 120, height: 40 });
    expect(frame).toMatch(/ lr +rank +state/);
    expect(frame).toMatch(/5e-5 +4 +waiting/);
  });

  it('never lets a name move the cursor', () => {
    const frame = drawFrame({ snapshot: snapshot({ name: 'a\u001B[2Jb\nc' }), width: 60, height: 20 });
    expect(frame.split('\n')[0]).toContain('a [2Jb c');
  });

  it('draws 10,000 trials as easily as ten', () => {
    const rows = quickstartTrials();
    const trials = Array.from({ length: 10_000 }, (_, index) => ({
      ...(rows[index % 26] ?? trial(1)),
      trial: index + 1,
    }));
    const frame = drawFrame({ snapshot: snapshot({ trials, counts: { total: 10_000 } }), width: 80, height: 24 });
    expect(frame).toContain('trials 1–7 of 10000');
    expect(frame).toContain('means: ● front');
  });

  it('reports a slot whose worker is silent', () => {
    const quiet = {
      ...situations.running(),
      slots: situations.running().slots.map((slot) => ({ ...slot, lastSeen: ago(40) })),
    };
    expect(drawFrame({ snapshot: quiet, now, width: 80, height: 24 })).toContain('SILENT 40 s');
  });
});
