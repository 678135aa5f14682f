import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import type { DashboardCommand } from '../../src/dashboard/input/key-bindings.ts';
import { runDashboard } from '../../src/dashboard/run-dashboard.tsx';
import type { SweepSnapshot } from '../../src/store/views/sweep-snapshot.ts';
import { emptySource } from './empty-source.ts';
import { Emulator } from './emulator.ts';
import { now, situations } from './sweep-fixture.ts';

function start(emulator: Emulator, read: () => Promise<SweepSnapshot>, commands: DashboardCommand[] = []) {
  return runDashboard({
    source: emptySource,
    readSnapshot: read,
    command: async (command) => {
      commands.push(command);
      if (command.kind === 'resume') {
        const fix = 'ask for more rights';
        throw new DropsweepError('COMMAND_REFUSED', 'the database is read-only', { fix });
      }
      // It was so already.
      return command.kind !== 'drain' && command.kind !== 'retry_failed';
    },
    stdout: emulator.output(),
    stdin: emulator.stdin,
    refreshMs: 10,
    now: () => now,
    colour: false,
  });
}

describe('the dashboard on a terminal', () => {
  const listenersBefore = process.listenerCount('SIGTERM');
  afterEach(() => {
    expect(process.listenerCount('SIGTERM')).toBe(listenersBefore);
  });

  it('draws, follows a resize both ways, takes keys, and gives the terminal back as it was', async () => {
    const emulator = new Emulator(80, 24);
    const commands: DashboardCommand[] = [];
    const left = start(
      emulator,
      async () => ({ ...situations.running(), desiredParallelism: Math.max(2, commands.length + 1) }),
      commands,
    );

    const first = await emulator.until((screen) => screen[0]?.startsWith('dropsweep quickstart') === true);
    expect(first[23]).toBe('q leave  ? help  tab view  p pause  r resume  s sort  / filter  jk scroll');
    expect(emulator.terminal.buffer.active.type).toBe('alternate');
    expect(emulator.rawMode).toBe(true);

    emulator.resize(60, 20);
    const narrow = await emulator.until((screen) => screen[19]?.startsWith('q leave') === true);
    expect(narrow[0]).toBe(`dropsweep quickstart${' '.repeat(33)}RUNNING`);
    expect(narrow.filter((line) => line.startsWith('q leave'))).toHaveLength(1);
    emulator.resize(120, 40);
    const wide = await emulator.until((screen) => screen[39]?.startsWith('q leave') === true);
    expect(wide.filter((line) => line.startsWith('dropsweep'))).toHaveLength(1);
    expect(wide[4]).toContain('train s');

    await emulator.pressAlone('p');
    await emulator.until((screen) => screen[38] === 'asked for: pause');
    for (const count of [2, 3]) {
      await emulator.pressAlone('+');
      await vi.waitFor(() => expect(commands).toHaveLength(count));
    }
    expect(commands).toEqual([
      { kind: 'pause' },
      { kind: 'set_parallelism', parallelism: 3 },
      { kind: 'set_parallelism', parallelism: 4 },
    ]);
    await emulator.pressAlone('D');
    await emulator.until((screen) => screen[38] === 'drain: it is so already');
    await emulator.pressAlone(' ');
    await emulator.pressAlone('R');
    await emulator.until((screen) => screen[38] === 'trial 3: nothing that has failed or was cancelled');
    await emulator.pressAlone('r');
    await emulator.until(
      (screen) => screen[38] === '! could not ask for resume: the database is read-only; ask for more rights',
    );
    emulator.press('\t');
    await emulator.until((screen) => screen[3]?.includes('trials by accuracy') === true && screen[20] !== '');
    emulator.press('\u0003');

    expect(await left).toBe('left');
    const after = await emulator.screen();
    expect(emulator.terminal.buffer.active.type).toBe('normal');
    expect(after[0]).toBe('$ dropsweep watch');
    expect(emulator.rawMode).toBe(false);
    expect(emulator.listeners).toBe(0);
  });

  it('shows that the database is away, goes on when it is back, and ends with the sweep', async () => {
    const emulator = new Emulator(80, 24);
    let read: () => Promise<SweepSnapshot> = () => Promise.reject(new Error('connect ECONNREFUSED'));
    const end = start(emulator, () => read());
    await emulator.until((screen) => screen[22]?.startsWith('! PostgreSQL away since 12:10:00') === true);
    expect((await emulator.screen())[0]).toBe('dropsweep');
    read = async () => situations.running();
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true && screen[22]?.startsWith('!') === false);
    read = async () => situations.finished();
    expect(await end).toBe('finished');
  });

  it('stays where the sweep ends while a line is typed: no key of it is for the shell', async () => {
    const emulator = new Emulator(80, 24);
    let read = situations.running;
    const end = start(emulator, async () => read());
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    await emulator.pressAlone(':');
    await emulator.until((screen) => screen[23]?.startsWith(':') === true);
    read = situations.finished;
    await emulator.until((screen) => screen[0]?.endsWith('COMPLETED') === true);
    await emulator.pressAlone('h');
    await emulator.until((screen) => screen[23]?.startsWith(':h') === true);
    await emulator.pressAlone('\u001B');
    await emulator.until((screen) => screen[23]?.startsWith('q leave') === true);
    await emulator.pressAlone('q');
    expect(await end).toBe('finished');
  });

  it('keeps a sweep that had ended before on the screen until somebody leaves', async () => {
    const emulator = new Emulator(80, 24);
    const end = start(emulator, async () => situations.finished());
    await emulator.until((screen) => screen[0]?.endsWith('COMPLETED') === true);
    await emulator.pressAlone('p');
    await emulator.until((screen) => screen[22] === 'quickstart is completed: nothing of it runs that could be paused');
    await emulator.pressAlone('q');
    expect(await end).toBe('finished');
  });

  it('reads a sweep that has ended once, then its mark alone, and all of it when somebody begins it again', async () => {
    const emulator = new Emulator(80, 24);
    const leaving = new AbortController();
    let mark = 'completed';
    let readings = 0;
    let marks = 0;
    const end = runDashboard({
      source: emptySource,
      readSnapshot: async () => {
        readings += 1;
        return mark === 'completed' ? situations.finished() : situations.running();
      },
      readMark: async () => {
        marks += 1;
        return mark;
      },
      command: async () => true,
      stdout: emulator.output(),
      stdin: emulator.stdin,
      refreshMs: 1,
      restingRefreshMs: 5,
      signal: leaving.signal,
      now: () => now,
    });
    await vi.waitFor(() => expect(marks).toBeGreaterThan(5));
    expect(readings).toBe(1);
    mark = 'running';
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    await vi.waitFor(() => expect(readings).toBeGreaterThan(3));
    leaving.abort();
    expect(await end).toBe('left');
  });

  it('asks for trials of a large sweep while they are shown, and anew when they are shown again', async () => {
    const emulator = new Emulator(80, 24);
    const leaving = new AbortController();
    const whole = situations.running();
    const asked: boolean[] = [];
    let count = 100_000;
    const end = runDashboard({
      source: emptySource,
      readSnapshot: async ({ trials }) => {
        asked.push(trials);
        const page = { sort: { by: 'trial', name: '', direction: 'minimize' }, offset: 0 } as const;
        return { ...whole, page, trialCount: count, ...(trials ? {} : { trials: [] }) };
      },
      command: async () => true,
      stdout: emulator.output(),
      stdin: emulator.stdin,
      refreshMs: 1,
      signal: leaving.signal,
      firstView: 'events',
      now: () => now,
      colour: false,
    });
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(3));
    expect(asked).not.toContain(true);
    emulator.press('2');
    const rows = await emulator.until((screen) => /^ > +1 /.test(screen[5] ?? ''));
    await vi.waitFor(() => expect(asked.at(-1)).toBe(true));
    emulator.press('5');
    await vi.waitFor(() => expect(asked.at(-1)).toBe(false));
    // What was read last is there at once, with what is known of the sweep by now.
    count = 100_001;
    const before = asked.length;
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before + 1));
    emulator.press('2');
    const back = await emulator.until((screen) => screen[3]?.includes('of 100001') === true);
    expect(back[5]).toBe(rows[5]);
    leaving.abort();
    await end;
  });

  it('asks for pasted text in brackets while it is open, and takes none of it as keys, bracketed or not', async () => {
    const emulator = new Emulator(80, 24);
    const commands: DashboardCommand[] = [];
    const end = start(emulator, async () => situations.running(), commands);
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    expect(emulator.terminal.modes.bracketedPasteMode).toBe(true);
    emulator.press('\u001B[200~p\rq+\u001B[A5\u001B[201~');
    await emulator.until((screen) => screen[22] === 'pasted text is not taken as keys');
    expect((await emulator.screen())[3]).toContain('trials');
    emulator.press('prepare -q\n');
    await emulator.until((screen) => screen[22] === 'keys that command are taken one at a time');
    expect(commands).toEqual([]);
    await emulator.pressAlone('+');
    await vi.waitFor(() => expect(commands).toEqual([{ kind: 'set_parallelism', parallelism: 3 }]));
    emulator.press('\u0003');
    expect(await end).toBe('left');
    await emulator.screen();
    expect(emulator.terminal.modes.bracketedPasteMode).toBe(false);
  });

  it('stops at Ctrl-Z with the terminal as it was, and draws all of it again when it goes on', async () => {
    const emulator = new Emulator(80, 24);
    let stopped = 0;
    const end = runDashboard({
      source: emptySource,
      readSnapshot: async () => situations.running(),
      command: async () => true,
      stdout: emulator.output(),
      stdin: emulator.stdin,
      refreshMs: 10,
      now: () => now,
      stopProcess: () => (stopped += 1),
    });
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    emulator.press('\u001A');
    await vi.waitFor(() => expect(stopped).toBe(1));
    await emulator.until(() => emulator.terminal.buffer.active.type === 'normal');
    expect(emulator.rawMode).toBe(false);
    process.emit('SIGCONT');
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true && screen[23]?.startsWith('q') === true);
    expect(emulator.terminal.buffer.active.type).toBe('alternate');
    expect(emulator.rawMode).toBe(true);
    await emulator.pressAlone('q');
    expect(await end).toBe('left');
    expect(process.listenerCount('SIGCONT')).toBe(0);
  });
});

describe('the guard of a terminal', () => {
  it.each([
    [
      'gives it back where its owner died without a word',
      false,
      '\u001B[?1006l\u001B[?1000l\u001B[?2004l\u001B[?25h\u001B[?1049l',
    ],
    ['leaves it alone where its owner gave it back', true, ''],
  ] as const)('%s', async (_, orderly, expected) => {
    const file = join(mkdtempSync(join(tmpdir(), 'dropsweep-guard-')), 'terminal');
    const guard = resolve(import.meta.dirname, '../../dist/src/dashboard/terminal/terminal-guard.js');
    const program = `
      import { openSync } from 'node:fs';
      const { guardTerminal } = await import(${JSON.stringify(guard)});
      const release = guardTerminal(openSync(${JSON.stringify(file)}, 'a'));
      if (${orderly}) release();
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200);
      setInterval(() => {}, 1000);`;
    await expect(promisify(execFile)('node', ['--input-type=module', '--eval', program])).rejects.toThrow();
    await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain(expected));
    if (orderly) expect(readFileSync(file, 'utf8')).toBe('');
  });
});
