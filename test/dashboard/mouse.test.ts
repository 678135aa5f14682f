import { describe, expect, it } from 'vitest';
import { mouseReports } from '../../src/dashboard/input/mouse.ts';
import { runDashboard } from '../../src/dashboard/run-dashboard.tsx';
import { tabAt, tabLine } from '../../src/dashboard/parts/view-tabs.ts';
import { cockpitSource } from './cockpit-source.ts';
import { cockpitSnapshot } from './cockpit-trials.ts';
import { Emulator } from './emulator.ts';
import { now } from './sweep-fixture.ts';

const pressAt = (column: number, row: number): string =>
  `\u001B[<0;${column + 1};${row + 1}M\u001B[<0;${column + 1};${row + 1}m`;
const wheel = (down: boolean): string => `\u001B[<${down ? 65 : 64};5;5M`;

describe('what a terminal reports of the mouse', () => {
  it('is read whole, with or without the first escape, and nothing else is', () => {
    expect(mouseReports('[<0;12;5M')).toEqual([{ kind: 'press', turn: 0, column: 11, row: 4 }]);
    expect(mouseReports('[<65;1;1M\u001B[<64;230;70M')).toEqual([
      { kind: 'wheel', turn: 1, column: 0, row: 0 },
      { kind: 'wheel', turn: -1, column: 229, row: 69 },
    ]);
    // Let go, the right button: reports, of no use.
    expect(mouseReports('[<0;12;5m')).toEqual([]);
    expect(mouseReports('[<2;12;5M')).toEqual([]);
    for (const text of ['', 'j', '[<0;12;5', '[<0;12;5Mq', '[200~']) expect(mouseReports(text)).toBeNull();
  });

  it('meets the tab that stands there', () => {
    for (const width of [60, 120, 200]) {
      const line = tabLine('trials', width)
        .map(({ text }) => text)
        .join('');
      expect(line.length).toBeLessThanOrEqual(width);
      expect(tabAt(line.indexOf('2 trials'), 'trials', width)).toBe('trials');
      expect(tabAt(line.indexOf('4'), 'trials', width)).toBe('workers');
      expect(tabAt(line.length, 'trials', width)).toBeNull();
    }
  });
});

describe('the dashboard with a mouse', () => {
  const start = (emulator: Emulator, leaving: AbortController, mouse: boolean, stopProcess = () => undefined) =>
    runDashboard({
      source: cockpitSource,
      readSnapshot: async () => cockpitSnapshot(),
      command: async () => true,
      stdout: emulator.output(),
      stdin: emulator.stdin,
      signal: leaving.signal,
      now: () => now,
      colour: false,
      mouse,
      stopProcess,
    });

  it('chooses rows and tabs, scrolls, opens what is chosen, and lets go of it whenever it leaves the screen', async () => {
    const emulator = new Emulator(120, 30);
    const leaving = new AbortController();
    const modes: string[] = [];
    const end = start(emulator, leaving, true, () => {
      // What the shell finds.
      emulator.terminal.write('', () => modes.push(emulator.terminal.modes.mouseTrackingMode));
    });
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    expect(emulator.terminal.modes.mouseTrackingMode).toBe('vt200');
    const tabs = (await emulator.screen())[29] ?? '';
    expect(tabs).toMatch(/^1 overview {2}2 trials/);
    emulator.press(pressAt(tabs.indexOf('2 trials'), 29));
    await emulator.until((screen) => screen[3]?.startsWith('── trials 1–') === true);
    const third = Number(/^[* ][> ] +(\d+)/.exec((await emulator.screen())[7] ?? '')?.[1]);
    emulator.press(pressAt(20, 7));
    await emulator.until((screen) => screen[7]?.startsWith(' >') === true || screen[7]?.startsWith('*>') === true);
    emulator.press(pressAt(20, 7));
    await emulator.until((screen) => screen[3]?.startsWith(`── trial ${third} `) === true);
    emulator.press('\u001B');
    await emulator.until((screen) => screen[3]?.startsWith('── trials 1–') === true);
    for (let turn = 0; turn < 9; turn += 1) emulator.press(wheel(true));
    await emulator.until((screen) => /^── trials (?!1–)/.test(screen[3] ?? ''));
    for (let turn = 0; turn < 20; turn += 1) emulator.press(wheel(false));
    await emulator.until((screen) => screen[3]?.startsWith('── trials 1–') === true);
    await emulator.pressAlone('\u001A');
    await emulator.until(() => modes.length > 0);
    expect(modes).toEqual(['none']);
    process.emit('SIGCONT');
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    expect(emulator.terminal.modes.mouseTrackingMode).toBe('vt200');
    leaving.abort();
    await end;
    await emulator.screen();
    expect(emulator.terminal.modes.mouseTrackingMode).toBe('none');
  });

  it('is off unless it is asked for, so that the terminal selects text', async () => {
    const emulator = new Emulator(80, 24);
    const leaving = new AbortController();
    const end = start(emulator, leaving, false);
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    expect(emulator.terminal.modes.mouseTrackingMode).toBe('none');
    expect((await emulator.screen())[23]).toMatch(/^q leave/);
    leaving.abort();
    await end;
  });
});
