import { describe, expect, it, vi } from 'vitest';
import { terminalPicture } from '../support/terminal-picture.ts';
import { cockpitSource } from './cockpit-source.ts';
import { cockpitSnapshot } from './cockpit-trials.ts';
import { Emulator } from './emulator.ts';
import { now } from './sweep-fixture.ts';

// Colours as a terminal of today has them, whatever the test runs on: what draws reads this when it is imported.
vi.hoisted(() => Object.assign(process.env, { FORCE_COLOR: '3', COLORTERM: 'truecolor' }));
const { runDashboard } = await import('../../src/dashboard/run-dashboard.tsx');

/** The keys that lead to each view, and the line by which it is told. */
const pictures: readonly (readonly [name: string, keys: readonly string[], caption: RegExp])[] = [
  ['overview', ['1'], /^── trials 1–/],
  ['trials', ['2'], /^── trials 1–/],
  ['trade-off', ['3', 'j', 'j'], /^── accuracy by complexity/],
  ['workers', ['4'], /^── workers/],
  ['events', ['5'], /^── events/],
  ['sweeps', ['6'], /^── sweeps/],
  ['configurations', ['7'], /^── configurations/],
  ['axes', ['8'], /^── axes/],
  ['search', ['9'], /^── search/],
  ['trial', [':trial 7\r'], /^── trial 7/],
  ['training', [':training 7\r'], /^── trial 7, training loss/],
];

/*
 * A person goes through all views of the made-up sweep; what their terminal shows is what the documents show. After a
 * deliberate change run this with -u and look at the pictures.
 */
describe('the pictures of the dashboard', () => {
  it.each(pictures)('show %s as a terminal shows it', async (name, keys, caption) => {
    const emulator = new Emulator(110, 32);
    const leaving = new AbortController();
    const end = runDashboard({
      source: cockpitSource,
      readSnapshot: async () => cockpitSnapshot(),
      command: async () => true,
      stdout: emulator.output(),
      stdin: emulator.stdin,
      signal: leaving.signal,
      now: () => now,
      colour: true,
      glyphs: 'unicode',
    });
    await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    const [first = '', ...further] = keys;
    emulator.press(first);
    await emulator.until((screen) => caption.test(screen[3] ?? '') && screen[31]?.startsWith('q leave') === true);
    for (const key of further) emulator.press(key);
    if (further.length > 0)
      await emulator.until((screen) => screen.some((line) => line.includes('3 of 7 on the front')));
    const picture = terminalPicture(emulator.terminal, `dropsweep watch: ${name}`);
    expect(picture.length).toBeLessThan(60_000);
    await expect(picture).toMatchFileSnapshot(`../../docs/pictures/${name}.svg`);
    leaving.abort();
    await end;
  });
});
