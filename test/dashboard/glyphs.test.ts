import { describe, expect, it } from 'vitest';
import { inAscii, wantsAscii } from '../../src/dashboard/glyphs.ts';
import { runDashboard } from '../../src/dashboard/run-dashboard.tsx';
import { emptySource } from './empty-source.ts';
import { Emulator } from './emulator.ts';
import { now, situations } from './sweep-fixture.ts';

describe('a terminal that shows ASCII alone', () => {
  it('is told by a locale that is named and is not UTF-8, or by DROPSWEEP_GLYPHS', () => {
    expect(wantsAscii({ LC_ALL: 'C' })).toBe(true);
    expect(wantsAscii({ LC_ALL: '', LC_CTYPE: 'POSIX', LANG: 'en_US.UTF-8' })).toBe(true);
    expect(wantsAscii({ LC_ALL: 'C.UTF-8' })).toBe(false);
    expect(wantsAscii({ LANG: 'ja_JP.utf8' })).toBe(false);
    expect(wantsAscii({})).toBe(false);
    expect(wantsAscii({ LANG: 'ja_JP.UTF-8', DROPSWEEP_GLYPHS: 'ascii' })).toBe(true);
  });

  it('gets each column as wide as it was', () => {
    expect(inAscii('── λ 1–2 of 3 · 中文…')).toBe('-- L 1-2 of 3 . ????~');
  });

  it('sees the whole dashboard, in ASCII', async () => {
    const emulator = new Emulator(80, 24);
    const leaving = new AbortController();
    const end = runDashboard({
      source: emptySource,
      readSnapshot: async () => situations.running(),
      command: async () => undefined,
      stdout: emulator.output(),
      stdin: emulator.stdin,
      signal: leaving.signal,
      ascii: true,
      now: () => now,
    });
    const screen = await emulator.until((lines) => lines[0]?.endsWith('RUNNING') === true && lines[23] !== '');
    expect(screen.join('\n')).toMatch(/^[\x20-\x7E\n]*$/);
    expect(screen[3]).toMatch(/^-- trials /);
    leaving.abort();
    await end;
  });
});
