import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { inGlyphs, glyphSetOf } from '../../src/dashboard/terminal/glyphs.ts';
import { runDashboard } from '../../src/dashboard/run-dashboard.tsx';
import { emptySource } from './empty-source.ts';
import { Emulator } from './emulator.ts';
import { now, situations } from './sweep-fixture.ts';

describe('a terminal that shows ASCII alone', () => {
  it('is told by a locale that is named and is not UTF-8, or by DROPSWEEP_GLYPHS', () => {
    expect(glyphSetOf({ LC_ALL: 'C' })).toBe('ascii');
    expect(glyphSetOf({ LC_ALL: '', LC_CTYPE: 'POSIX', LANG: 'en_US.UTF-8' })).toBe('ascii');
    expect(glyphSetOf({ LC_ALL: 'C.UTF-8' })).toBe('unicode');
    expect(glyphSetOf({})).toBe('unicode');
    expect(glyphSetOf({ LANG: 'ja_JP.UTF-8', DROPSWEEP_GLYPHS: 'ascii' })).toBe('ascii');
    expect(glyphSetOf({ LANG: 'C', DROPSWEEP_GLYPHS: 'auto' })).toBe('ascii');
  });

  it('is sent signs of certain width where East Asia’s may be drawn two columns wide, unless DROPSWEEP_GLYPHS says', () => {
    for (const locale of ['ja_JP.utf8', 'zh_CN.UTF-8', 'ko_KR.UTF-8', 'zh.UTF-8'])
      expect(glyphSetOf({ LANG: locale })).toBe('narrow');
    expect(glyphSetOf({ LANG: 'ja_JP.UTF-8', DROPSWEEP_GLYPHS: 'unicode' })).toBe('unicode');
    expect(glyphSetOf({ DROPSWEEP_GLYPHS: 'narrow' })).toBe('narrow');
    const sent = inGlyphs('── λ 1–2 ● · 中文… ⣿⠁ é', 'narrow');
    expect(sent).toBe('-- L 1-2 o . 中文~ ⣿⠁ ?');
    expect(stringWidth(sent, { ambiguousIsNarrow: false })).toBe(stringWidth(sent));
  });

  it('refuses other words for signs', () => {
    expect(() => glyphSetOf({ DROPSWEEP_GLYPHS: 'emoji' })).toThrow('where: DROPSWEEP_GLYPHS');
  });

  it('gets each column as wide as it was', () => {
    expect(inGlyphs('── λ 1–2 of 3 · 中文…', 'ascii')).toBe('-- L 1-2 of 3 . ????~');
  });

  it('sees the whole dashboard, in ASCII', async () => {
    const emulator = new Emulator(80, 24);
    const leaving = new AbortController();
    const end = runDashboard({
      source: emptySource,
      readSnapshot: async () => situations.running(),
      command: async () => true,
      stdout: emulator.output(),
      stdin: emulator.stdin,
      signal: leaving.signal,
      glyphs: 'ascii',
      now: () => now,
    });
    const screen = await emulator.until((lines) => lines[0]?.endsWith('RUNNING') === true && lines[23] !== '');
    expect(screen.join('\n')).toMatch(/^[\x20-\x7E\n]*$/);
    expect(screen[3]).toMatch(/^-- trials /);
    leaving.abort();
    await end;
  });
});
